/** The paper's claims as a list: what each says, whether it held, and its experiments to open. Presentation only. */
import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { Claim } from '../../gallery/types';

/** How a claim stands; one without an entry has not been judged. */
export type ClaimBadge = 'running' | 'held' | 'failed';

const badgeLooks = {
  running: { colour: 'blue', text: 'Running' },
  held: { colour: 'green', text: 'Held' },
  failed: { colour: 'red', text: 'Did not hold' },
} as const;

export interface GalleryListProps {
  readonly items: readonly Pick<Claim, 'id' | 'title' | 'statement' | 'documents'>[];
  /** By the id of the claim. */
  readonly badges: ReadonlyMap<string, ClaimBadge>;
  /** Opens an experiment, by the id of its document. */
  readonly onOpen: (documentId: string) => void;
}

export function GalleryList({ items, badges, onOpen }: GalleryListProps) {
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
      {items.map((item) => {
        const badge = badges.get(item.id);
        return (
          <Card component="li" key={item.id} withBorder>
            <Stack gap="xs">
              <Group justify="space-between" wrap="nowrap" align="flex-start">
                <Title order={3} size="h5">
                  {item.title}
                </Title>
                {badge && (
                  <Badge color={badgeLooks[badge].colour} variant="outline" style={{ flexShrink: 0 }}>
                    {badgeLooks[badge].text}
                  </Badge>
                )}
              </Group>
              <Text size="sm">{item.statement}</Text>
              <Group gap="xs">
                {item.documents().map(({ id, title }) => (
                  <Button
                    key={id}
                    size="compact-sm"
                    variant="default"
                    onClick={() => {
                      onOpen(id);
                    }}
                  >
                    {title}
                  </Button>
                ))}
              </Group>
            </Stack>
          </Card>
        );
      })}
    </Stack>
  );
}
