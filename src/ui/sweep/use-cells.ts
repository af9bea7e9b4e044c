/** Pointer and keyboard on the maps: which cell is looked at, and the region being drawn. */
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Panel } from '../../export/sweep/layout';
import type { CellPlace } from '../../export/sweep/data';
import type { Region } from '../../state/sweep-axes';

export interface CellCursor extends CellPlace {
  /** Whether it should be read out. */
  readonly byKeyboard: boolean;
  /** Put there by a finger: another tap opens it. */
  readonly byTouch?: boolean;
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

interface CellActions {
  readonly columns: number;
  readonly rows: number;
  /** A finger marks a region as a mouse does, and no press opens a cell; else it scrolls the page. */
  readonly selecting: boolean;
  /** Where the cursor of a map begins. */
  readonly home: (map: number) => Corner;
  readonly onOpen: (place: CellPlace) => void;
  readonly onRefine: (region: Region) => void;
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));

/** The cells between two corners. */
export const regionOf = (a: Corner, b: Corner): Region => ({
  x: [Math.min(a.x, b.x), Math.max(a.x, b.x)],
  y: [Math.min(a.y, b.y), Math.max(a.y, b.y)],
});

export function useCells({ columns, rows, selecting, home, onOpen, onRefine }: CellActions) {
  const [cursor, setCursor] = useState<CellCursor>();
  /** Where a region begins; it ends at the cursor. */
  const [anchor, setAnchor] = useState<Corner>();
  const [pressed, setPressed] = useState<Corner>();
  const region =
    cursor && anchor && (anchor.x !== cursor.x || anchor.y !== cursor.y) ? regionOf(anchor, cursor) : undefined;

  const leave = () => {
    setCursor(undefined);
    setAnchor(undefined);
    setPressed(undefined);
  };
  const refine = () => {
    if (!region) return;
    leave();
    onRefine(region);
  };

  /** A finger that scrolls the page; it taps to read and taps again to open. */
  const scrolls = ({ pointerType }: PointerEvent) => pointerType === 'touch' && !selecting;

  const handlers = (panel: Panel) => {
    const cellUnder = (event: PointerEvent<HTMLElement>): Corner => {
      const box = event.currentTarget.getBoundingClientRect();
      return {
        x: clamp(Math.floor(((event.clientX - box.left) / box.width) * columns), columns - 1),
        y: clamp(rows - 1 - Math.floor(((event.clientY - box.top) / box.height) * rows), rows - 1),
      };
    };
    const pointAt = ({ x, y }: Corner) => {
      if (cursor?.map !== panel.map || cursor.x !== x || cursor.y !== y || cursor.byKeyboard)
        setCursor({ map: panel.map, x, y, byKeyboard: false });
    };
    return {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0 || scrolls(event)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const cell = cellUnder(event);
        pointAt(cell);
        setPressed(cell);
        setAnchor(undefined);
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        if (scrolls(event)) return;
        const cell = cellUnder(event);
        pointAt(cell);
        if (pressed) setAnchor(pressed);
        else if (!cursor?.byKeyboard) setAnchor(undefined);
      },
      onPointerUp: (event: PointerEvent<HTMLElement>) => {
        const cell = cellUnder(event);
        if (scrolls(event)) {
          if (cursor?.map === panel.map && cursor.x === cell.x && cursor.y === cell.y)
            onOpen({ map: panel.map, ...cell });
          else setCursor({ map: panel.map, ...cell, byKeyboard: true, byTouch: true });
          return;
        }
        if (!pressed) return;
        setPressed(undefined);
        if (pressed.x === cell.x && pressed.y === cell.y) {
          setAnchor(undefined);
          if (!selecting) onOpen({ map: panel.map, ...cell });
        } else {
          leave();
          onRefine(regionOf(pressed, cell));
        }
      },
      onPointerCancel: leave,
      onPointerLeave: (event: PointerEvent<HTMLElement>) => {
        if (event.pointerType !== 'touch' && !pressed && !cursor?.byKeyboard) leave();
      },
      onFocus: (event: React.FocusEvent<HTMLElement>) => {
        // A click focuses too, and has its own cell.
        if (!event.currentTarget.matches(':focus-visible') || cursor?.map === panel.map) return;
        setCursor({ map: panel.map, ...home(panel.map), byKeyboard: true });
        setAnchor(undefined);
      },
      onBlur: leave,
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const at = cursor?.map === panel.map ? cursor : { map: panel.map, ...home(panel.map) };
        const go = (dx: number, dy: number) => {
          setAnchor(event.shiftKey ? (anchor ?? { x: at.x, y: at.y }) : undefined);
          setCursor({
            map: panel.map,
            x: clamp(at.x + dx, columns - 1),
            y: clamp(at.y + dy, rows - 1),
            byKeyboard: true,
          });
        };
        switch (event.key) {
          case 'ArrowLeft':
            go(-1, 0);
            break;
          case 'ArrowRight':
            go(1, 0);
            break;
          case 'ArrowUp':
            go(0, 1);
            break;
          case 'ArrowDown':
            go(0, -1);
            break;
          case 'Home':
            go(-columns, 0);
            break;
          case 'End':
            go(columns, 0);
            break;
          case 'Enter':
            if (region) refine();
            else onOpen(at);
            break;
          case 'r':
          case 'R':
            refine();
            break;
          case 'Escape':
            if (anchor) setAnchor(undefined);
            else leave();
            break;
          default:
            return;
        }
        event.preventDefault();
      },
    };
  };
  return { cursor, region, handlers, leave, refine };
}
