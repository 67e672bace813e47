import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { type Anchor, anchorAt, findAnchor, type Range, visibleRange } from "../lib/window";

interface Props<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  render: (item: T) => ReactNode;
  /** Every row is exactly this high, in CSS pixels; the style sheet agrees. */
  rowHeight: number;
  label: string;
  scroller: RefObject<HTMLDivElement | null>;
  /** Whether a list scrolled to its end stays there when rows are added to it. */
  follow?: boolean;
  onScrolled?: (fromTop: number) => void;
  onNearEnd?: () => void;
  footer?: ReactNode;
}

/** How near the end, in rows, counts as near. */
const NEAR_END = 30;

/**
 * A long list of which only the rows in sight are in the document. What the user
 * is reading stays in place when rows are added above it.
 */
export function VirtualRows<T>(props: Props<T>) {
  const { items, keyOf, rowHeight, scroller } = props;
  const [range, setRange] = useState<Range>({ start: 0, end: 40 });
  const canvas = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const anchor = useRef<Anchor | undefined>(undefined);

  const measure = () => {
    const box = scroller.current;
    if (!box) return;
    const next = visibleRange(box.scrollTop, box.clientHeight, rowHeight, items.length);
    setRange((r) => (r.start === next.start && r.end === next.end ? r : next));
    anchor.current = anchorAt(items, keyOf, box, rowHeight, props.follow ?? false);
    if (next.end >= items.length - NEAR_END) props.onNearEnd?.();
  };

  // Positions are set through the object model: the content security policy
  // forbids style attributes, not this.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new rows or heights move anything
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !canvas.current) return;
    canvas.current.style.height = `${items.length * rowHeight}px`;
    const top = findAnchor(items, keyOf, anchor.current, box, rowHeight);
    if (top !== undefined) box.scrollTop = top;
    measure();
  }, [items, rowHeight]);

  useLayoutEffect(() => {
    if (list.current) list.current.style.transform = `translateY(${range.start * rowHeight}px)`;
  }, [range.start, rowHeight]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the observer calls what it was given
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [items, rowHeight]);

  const onScroll = () => {
    measure();
    props.onScrolled?.(scroller.current?.scrollTop ?? 0);
  };

  return (
    <section
      className="rows"
      ref={scroller}
      onScroll={onScroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard
      tabIndex={0}
      aria-label={props.label}
    >
      <div className="rows-canvas" ref={canvas}>
        <ul ref={list}>
          {items.slice(range.start, range.end).map((item) => (
            <li key={keyOf(item)}>{props.render(item)}</li>
          ))}
        </ul>
      </div>
      {props.footer}
    </section>
  );
}
