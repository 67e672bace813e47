// The arithmetic of a list with rows of one height.

export interface Range {
  start: number;
  end: number;
}

/** What the user sees: a row and where it stands, or the end of a list to follow. */
export interface Anchor {
  key: string;
  index: number;
  /** Pixels of the row that are scrolled out of sight. */
  offset: number;
  atTop: boolean;
  atEnd: boolean;
}

interface Box {
  scrollTop: number;
  clientHeight: number;
}

/** Rows drawn beyond each edge, so that scrolling shows no gap. */
const OVERSCAN = 8;
/** Assumed before the browser has laid anything out. */
const UNMEASURED = 600;

export function visibleRange(
  scrollTop: number,
  height: number,
  rowHeight: number,
  length: number,
): Range {
  const first = Math.floor(scrollTop / rowHeight);
  const shown = Math.ceil((height || UNMEASURED) / rowHeight);
  return {
    start: Math.max(0, Math.min(first, length) - OVERSCAN),
    end: Math.min(length, first + shown + OVERSCAN),
  };
}

export function anchorAt<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  box: Box,
  rowHeight: number,
  follow: boolean,
): Anchor | undefined {
  const index = Math.floor(box.scrollTop / rowHeight);
  const item = items[index];
  if (item === undefined) return undefined;
  const total = items.length * rowHeight;
  return {
    key: keyOf(item),
    index,
    offset: box.scrollTop - index * rowHeight,
    atTop: box.scrollTop <= 0,
    atEnd: follow && box.scrollTop > 0 && box.scrollTop + box.clientHeight >= total - 1,
  };
}

/** Where to scroll after `items` changed, or undefined to leave it. */
export function findAnchor<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  anchor: Anchor | undefined,
  box: Box,
  rowHeight: number,
): number | undefined {
  if (!anchor || anchor.atTop) return undefined;
  if (anchor.atEnd) return Math.max(0, items.length * rowHeight - box.clientHeight);
  const same = items[anchor.index];
  if (same !== undefined && keyOf(same) === anchor.key) return undefined;
  const index = items.findIndex((item) => keyOf(item) === anchor.key);
  return index < 0 ? undefined : index * rowHeight + anchor.offset;
}
