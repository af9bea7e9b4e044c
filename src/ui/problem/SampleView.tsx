import { useEffect, useRef, type CSSProperties } from 'react';
import type { Samples } from '../../worker/protocol';
import { pictureOf } from './picture-data';
import { useSamples } from './use-samples';
import classes from './network.module.css';

type Pictures = Extract<Samples, { kind: 'pictures' }>;
type Points = Extract<Samples, { kind: 'points' }>;

/** What the training rows look like, where they can be looked at. */
export function SampleView() {
  const samples = useSamples();
  if (!samples) return null;
  return samples.kind === 'pictures' ? <PictureGrid samples={samples} /> : <PointPlot samples={samples} />;
}

function PictureGrid({ samples }: { readonly samples: Pictures }) {
  const { labels, width, height } = samples;
  return (
    <div className={classes['samples']}>
      <div
        className={classes['pictures']}
        role="img"
        aria-label={`The first ${labels.length} training pictures, ${width} × ${height} pixels: ${labels.join(', ')}`}
      >
        {labels.map((label, k) => (
          <span key={k} className={classes['picture']} title={label}>
            <Picture samples={samples} at={k} />
            <span>{label}</span>
          </span>
        ))}
      </div>
    </div>
  );
}

function Picture({ samples, at }: { readonly samples: Pictures; readonly at: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = samples;
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pictureOf(samples, at), width, height), 0, 0);
  }, [samples, at, width, height]);
  return <canvas ref={canvas} width={width} height={height} />;
}

/** Half the size of a mark, in pixels of the picture. */
const MARK = 2.2;
const SIZE = { width: 320, height: 170, margin: 8 } as const;

/** Points of a plane by class; colours of Okabe and Ito, and a shape for each class, so that no colour is needed. */
function PointPlot({ samples: { points, classes: classOf, names } }: { readonly samples: Points }) {
  const at = places(points);
  const marks = names.map((_, c) => {
    const own = Array.from(classOf.keys()).filter((k) => classOf[k] === c);
    return { count: own.length, path: own.map((k) => SHAPES[c % SHAPES.length]!(at(k))).join('') };
  });
  return (
    <figure className={classes['samples']}>
      <svg
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        role="img"
        aria-label={`${classOf.length} training points: ${marks.map(({ count }, c) => `${count} of class ${names[c]!}`).join(', ')}`}
      >
        {marks.map(({ path }, c) => (
          <path key={c} d={path} className={classes['points']} style={colourOf(c)} />
        ))}
      </svg>
      <figcaption className={classes['legend']}>
        {names.map((name, c) => (
          <span key={name}>
            <svg viewBox="-5 -5 10 10" aria-hidden="true">
              <path d={SHAPES[c % SHAPES.length]!([0, 0])} className={classes['points']} style={colourOf(c)} />
            </svg>
            class {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const colourOf = (c: number) => ({ '--colour': `var(--class-${c})` }) as CSSProperties;

type Place = readonly [x: number, y: number];

/** Both axes have one scale: circles stay circles. */
function places(points: Float32Array): (k: number) => Place {
  const range = (from: 0 | 1) => {
    let [low, high] = [Infinity, -Infinity];
    for (let k = from; k < points.length; k += 2) {
      low = Math.min(low, points[k]!);
      high = Math.max(high, points[k]!);
    }
    return { middle: (low + high) / 2, length: high - low || 1 };
  };
  const [x, y] = [range(0), range(1)];
  const scale = Math.min((SIZE.width - 2 * SIZE.margin) / x.length, (SIZE.height - 2 * SIZE.margin) / y.length);
  return (k) => [
    SIZE.width / 2 + scale * (points[2 * k]! - x.middle),
    SIZE.height / 2 - scale * (points[2 * k + 1]! - y.middle),
  ];
}

const number = (value: number) => value.toFixed(1);
const polygon = (place: Place, corners: readonly Place[]) =>
  `M${corners.map(([dx, dy]) => `${number(place[0] + MARK * dx)} ${number(place[1] + MARK * dy)}`).join('L')}Z`;

/** A disc, a triangle, a square, a diamond; the second four classes have the same in other colours. */
const SHAPES: readonly ((place: Place) => string)[] = [
  ([x, y]) =>
    `M${number(x - MARK)} ${number(y)}a${MARK} ${MARK} 0 1 0 ${2 * MARK} 0a${MARK} ${MARK} 0 1 0 ${-2 * MARK} 0Z`,
  (place) =>
    polygon(place, [
      [0, -1.25],
      [1.15, 0.85],
      [-1.15, 0.85],
    ]),
  (place) =>
    polygon(place, [
      [-0.9, -0.9],
      [0.9, -0.9],
      [0.9, 0.9],
      [-0.9, 0.9],
    ]),
  (place) =>
    polygon(place, [
      [0, -1.3],
      [1.3, 0],
      [0, 1.3],
      [-1.3, 0],
    ]),
];
