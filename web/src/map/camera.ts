// Which part of the map is seen: places of the map to pixels of the page and back.
import { type Box, REACH } from "./points";

/** The place in the middle, and how many CSS pixels the width of a place is. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

const PADDING = 24;
const FARTHEST = 100 / REACH; // the whole plane in 100 pixels
const NEAREST = 16;
const LEAST_SPAN = 16; // of the map, so that a single sample is no division by zero
const LEAST_POINT = 2.5;
const MOST_POINT = 12;

/** All of the box, as large as it can be shown. */
export function fitted(box: Box, size: Size): Camera {
  const across = Math.max(size.width - 2 * PADDING, 1) / Math.max(box.right - box.left, LEAST_SPAN);
  const down = Math.max(size.height - 2 * PADDING, 1) / Math.max(box.bottom - box.top, LEAST_SPAN);
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, scale: Math.min(across, down, NEAREST) };
}

export function panned(camera: Camera, right: number, down: number): Camera {
  const { x, y, scale } = camera;
  return { x: kept(x - right / scale), y: kept(y - down / scale), scale };
}

/** What is below `spot` stays there. */
export function zoomed(camera: Camera, factor: number, spot: Spot, size: Size): Camera {
  const scale = Math.min(Math.max(camera.scale * factor, FARTHEST), NEAREST);
  const { x, y } = placeAt(camera, spot, size);
  return {
    x: kept(x - (spot.x - size.width / 2) / scale),
    y: kept(y - (spot.y - size.height / 2) / scale),
    scale,
  };
}

export function placeAt({ x, y, scale }: Camera, spot: Spot, size: Size): Spot {
  return { x: x + (spot.x - size.width / 2) / scale, y: y + (spot.y - size.height / 2) / scale };
}

export function spotOf({ x, y, scale }: Camera, place: Spot, size: Size): Spot {
  return { x: (place.x - x) * scale + size.width / 2, y: (place.y - y) * scale + size.height / 2 };
}

/** The diameter of a point: about as far as neighbours would lie from each other if they were spread evenly. */
export function pointSize(scale: number, count: number): number {
  return Math.min(Math.max((0.35 * scale * REACH) / Math.sqrt(count), LEAST_POINT), MOST_POINT);
}

/** The middle never leaves the plane, or the map could be lost out of sight. */
function kept(place: number): number {
  return Math.min(Math.max(place, 0), REACH);
}
