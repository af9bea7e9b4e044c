/** Theory on the page: the exact curve beside the race, optimal values, and where the expectation diverges. */
import { expect, test } from './fixtures';
import { card, fitsSideways, numberBox, opened, state } from './page-support';

test('the optimal buttons set the values of the formulas, worked out here', async ({ page }) => {
  await opened(page, '#v=1&runs.0.batch=4&runs.3.batch=4&steps=200&end');
  // Component-decoupled in two dimensions, σ² = (1, 2⁻⁹): L = 1, μ = 2⁻⁹, L₁ = κ̃ = 6; at batch 4 as the paper has it.
  const m = 4;
  const L = 6 / m + (m - 1) / m;
  const kappaTilde = 6 / m + (m - 1) / m;
  const expected = { eta: 1 / L, alpha: 1 / Math.sqrt((L / 2 ** -9) * kappaTilde), kappaTilde };
  const value = async (name: string) => Number(await numberBox(page, name).inputValue());
  await page.getByRole('button', { name: 'Set MaSS to the optimal values of the theory' }).click();
  await expect.poll(() => value('MaSS: step size')).toBeCloseTo(expected.eta, 4);
  await expect.poll(() => value('MaSS: acceleration')).toBeCloseTo(expected.alpha, 5);
  await expect.poll(() => value('MaSS: statistical condition number')).toBeCloseTo(expected.kappaTilde, 3);
  expect(await value('SGD: step size')).toBeCloseTo(1 / 6, 4);
  await page.getByRole('button', { name: 'Optimal', exact: true }).click();
  await expect.poll(() => value('SGD: step size')).toBeCloseTo(expected.eta, 4);
});

test('the red zone begins where the exact rate crosses 1, and the exact curves are beside the race', async ({
  page,
}) => {
  await opened(page, '#v=1&steps=200&end');
  // SGD along the steep axis multiplies E e² by 1 − 2ηλ + 6η²λ² with λ = 1: it is 1 at η = 1/3.
  const zone = card(page, 'SGD').locator('[data-from]').first();
  await expect(zone).toBeAttached();
  const edge = Number(await zone.getAttribute('data-from'));
  expect(Math.abs(edge * 3 - 1)).toBeLessThan(1e-3);
  const radius = card(page, 'SGD').getByRole('button', { name: /: theory,/ });
  await numberBox(page, 'SGD: step size').fill(String(edge * 0.99));
  await numberBox(page, 'SGD: step size').press('Enter');
  await expect(radius).toContainText(/^ρ = 0\.9/);
  await numberBox(page, 'SGD: step size').fill(String(edge * 1.01));
  await numberBox(page, 'SGD: step size').press('Enter');
  await expect(radius).toContainText(/expectation diverges, ρ = 1\.0/);

  // The expectations are drawn and can be switched off; the details name the formulas.
  await expect(state(page)).toHaveText('Finished');
  const lines = page.locator('[data-theory] path');
  await expect(lines.first()).toHaveAttribute('d', /^M/);
  await card(page, 'MaSS')
    .getByRole('button', { name: /: theory,/ })
    .click();
  await expect(page.getByText('Best by search')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('switch', { name: 'Theory' }).press(' ');
  await expect(lines).toHaveCount(0);
});

test('the red zone begins there for stored rows too', async ({ page }) => {
  await opened(page, '#v=1&race=sgd&steps=200&seeds=2&end');
  await page.getByRole('combobox', { name: 'Problem' }).selectOption('linear-regression');
  await page.getByRole('button', { name: 'Use the sample' }).first().click();
  await expect(state(page)).toHaveText('Finished');
  const zone = card(page, 'SGD').locator('[data-from]').first();
  await expect(zone).toBeAttached({ timeout: 60_000 });
  const edge = Number(await zone.getAttribute('data-from'));
  const radius = card(page, 'SGD').getByRole('button', { name: /: theory,/ });
  for (const [share, text] of [
    [0.98, /^ρ = 0\.9/],
    [1.02, /expectation diverges, ρ = 1\.0/],
  ] as const) {
    await numberBox(page, 'SGD: step size').fill(String(edge * share));
    await numberBox(page, 'SGD: step size').press('Enter');
    await expect(radius).toContainText(text, { timeout: 60_000 });
  }
});

test('where no exact theory applies the card says why and offers published values', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await opened(page, '#v=1&race=adam&runs.0.hyper.eta=0.1&steps=200&seeds=2&end');
  await card(page, 'Adam')
    .getByRole('button', { name: /: theory, none/ })
    .press('Enter');
  await expect(page.getByText('Adam is not linear in the gradient: no exact theory applies to it.')).toBeVisible();
  await fitsSideways(page);
  await page.getByRole('button', { name: 'Use these' }).click();
  await expect(numberBox(page, 'Adam: step size')).toHaveValue('0.001');
});
