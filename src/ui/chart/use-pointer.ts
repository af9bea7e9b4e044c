/** Pointer and keyboard on the plot: where the crosshair is, and the zoom being drawn. */
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { ChartModel, Plot } from '../../export/figure/model';
import type { ChartZoom } from '../../export/figure/view';
import type { Selection } from './Crosshair';

/** A drag shorter than this is a click. */
const DRAG_START = 6;
/** A drag this high also zooms the loss axis. */
const BOX_HEIGHT = 28;

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
}

/**
 * `cursor` is the crosshair's pixel, undefined when there is none; `byKeyboard` tells whether it should be read out.
 */
export function usePointer(model: ChartModel, onZoom: (zoom: ChartZoom | undefined) => void) {
  const [cursor, setCursor] = useState<{ pixel: number; byKeyboard: boolean }>();
  const [drag, setDrag] = useState<Drag>();
  const { plot } = model;
  const right = plot.left + plot.width;

  const place = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: Math.min(Math.max(event.clientX - box.left, plot.left), right),
      y: Math.min(Math.max(event.clientY - box.top, plot.top), plot.top + plot.height),
    };
  };

  const zoomKeyboard = (factor: number) => {
    const centre = cursor?.pixel ?? plot.left + plot.width / 2;
    const ends = [plot.left, right].map((end) => model.x.scale.toValue(centre + (end - centre) * factor));
    onZoom({ x: [ends[0]!, ends[1]!] });
  };

  const moveTo = (pixel: number) => {
    setCursor({ pixel: Math.min(Math.max(pixel, plot.left), right), byKeyboard: true });
  };

  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      const { x, y } = place(event);
      setCursor({ pixel: x, byKeyboard: false });
      // A finger that moves reads values or scrolls the page; it does not zoom.
      if (event.button !== 0 || event.pointerType === 'touch') return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ x, y, toX: x, toY: y });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const { x, y } = place(event);
      setCursor({ pixel: x, byKeyboard: false });
      if (drag) setDrag({ ...drag, toX: x, toY: y });
    },
    onPointerUp: () => {
      if (!drag) return;
      const selection = selectionOf(drag, plot);
      setDrag(undefined);
      if (!selection) return;
      const { x, y } = model;
      const boxed = selection.top > plot.top || selection.bottom < plot.top + plot.height;
      onZoom({
        x: [x.scale.toValue(selection.left), x.scale.toValue(selection.right)],
        ...(boxed ? { y: [y.scale.toValue(selection.bottom), y.scale.toValue(selection.top)] } : {}),
      });
    },
    onPointerCancel: () => {
      setDrag(undefined);
      setCursor(undefined);
    },
    onPointerLeave: () => {
      if (!drag) setCursor(undefined);
    },
    onDoubleClick: () => {
      onZoom(undefined);
    },
    onBlur: () => {
      setCursor(undefined);
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = (event.shiftKey ? 0.1 : 0.01) * plot.width;
      const from = cursor?.pixel ?? plot.left;
      switch (event.key) {
        case 'ArrowLeft':
          moveTo(from - step);
          break;
        case 'ArrowRight':
          moveTo(from + step);
          break;
        case 'Home':
          moveTo(plot.left);
          break;
        case 'End':
          moveTo(right);
          break;
        case '+':
        case '=':
          zoomKeyboard(0.5);
          break;
        case '-':
          onZoom(undefined);
          break;
        case 'Escape':
          if (drag) setDrag(undefined);
          else {
            setCursor(undefined);
            onZoom(undefined);
          }
          break;
        default:
          return;
      }
      event.preventDefault();
    },
  };
  return { cursor, selection: drag && selectionOf(drag, plot), handlers };
}

/** The part of the plot a drag marks: full height unless the drag is high; undefined while it could be a click. */
function selectionOf({ x, y, toX, toY }: Drag, plot: Plot): Selection | undefined {
  if (Math.abs(toX - x) < DRAG_START) return undefined;
  const boxed = Math.abs(toY - y) >= BOX_HEIGHT;
  return {
    left: Math.min(x, toX),
    right: Math.max(x, toX),
    top: boxed ? Math.min(y, toY) : plot.top,
    bottom: boxed ? Math.max(y, toY) : plot.top + plot.height,
  };
}
