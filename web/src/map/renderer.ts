// Draws the map: one draw call each for what is dimmed, what is plain, what is ringed, and the sound to be like.
import { type Camera, pointSize, type Size } from "./camera";
import type { Layers } from "./layers";
import type { Points } from "./points";
import { drawnBySoftware, type Program, programOf } from "./program";
import { Sheet } from "./sheet";

/** 0 to 1 each. */
export type Colour = readonly [number, number, number];

export interface Paints {
  readonly ground: Colour;
  /** Of the rings around what was found. */
  readonly ink: Colour;
  /** Of the ring around the sound to be like. */
  readonly accent: Colour;
  /** Red, green, blue and 255 for each of 256 roles. */
  readonly roles: Uint8Array<ArrayBuffer>;
}

const DISC_FROM = 5; // device pixels
const DIMMED = 0.72;
const RING = 2; // CSS pixels

export class Renderer {
  readonly #gl: WebGL2RenderingContext;
  /** Whether the processor does the work of a graphics card, which then has few pixels to spare. */
  readonly #bySoftware: boolean;
  readonly #program: Program;
  readonly #sheet: Sheet;
  readonly #columns: readonly (WebGLBuffer | null)[];
  #ratio = 1;
  #count = 0;
  #paints: Paints | null = null;
  #layers: Layers | null = null;
  #reference = -1;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#bySoftware = drawnBySoftware(gl);
    this.#program = programOf(gl);
    this.#sheet = new Sheet(gl);
    this.#columns = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  load({ count, x, y, role }: Points): void {
    const gl = this.#gl;
    this.#count = count;
    for (const [place, values] of [x, y, role].entries()) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#columns[place] ?? null);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(place);
      if (values === role) gl.vertexAttribIPointer(place, 1, gl.UNSIGNED_BYTE, 0, 0);
      else gl.vertexAttribPointer(place, 1, gl.UNSIGNED_SHORT, false, 0, 0);
    }
    this.#layers = null;
    this.#sheet.forget();
  }

  arrange(layers: Layers, reference: number): void {
    this.#gl.bufferData(this.#gl.ELEMENT_ARRAY_BUFFER, layers.order, this.#gl.DYNAMIC_DRAW);
    this.#layers = layers;
    this.#reference = reference;
    this.#sheet.forget();
  }

  paint(paints: Paints): void {
    const gl = this.#gl;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, paints.roles);
    gl.clearColor(...paints.ground, 1);
    this.#paints = paints;
    this.#sheet.forget();
  }

  resize(size: Size): void {
    this.#ratio = this.#bySoftware ? 1 : Math.min(devicePixelRatio, 2);
    this.#sheet.resize(size, this.#ratio);
  }

  draw(camera: Camera): void {
    this.#sheet.show(camera, () => this.#fill(camera));
  }

  /** Has the next drawing be exact where the last was a shifted one; whether it was. */
  settle(camera: Camera): boolean {
    const shifted = this.#sheet.isShifted(camera);
    if (shifted) this.#sheet.forget();
    return shifted;
  }

  #fill(camera: Camera): void {
    this.#gl.clear(this.#gl.COLOR_BUFFER_BIT);
    if (this.#layers === null || this.#paints === null) return;
    this.#aim(camera);
    const { dimmed, plain, ringed } = this.#layers;
    const { ground, ink, accent } = this.#paints;
    const diameter = this.#ratio * pointSize(camera.scale, this.#count);
    const emphasised = 1.2 * diameter + 6 * this.#ratio;
    this.#points(diameter, 0, ground, DIMMED);
    this.#elements(0, dimmed);
    this.#points(diameter, 0, ground, 0);
    this.#elements(dimmed, plain);
    this.#points(emphasised, RING * this.#ratio, ink, 0);
    this.#elements(dimmed + plain, ringed);
    this.#points(emphasised * 1.4, 1.5 * RING * this.#ratio, accent, 0);
    if (this.#reference >= 0) this.#gl.drawArrays(this.#gl.POINTS, this.#reference, 1);
  }

  /** Places to clip space, where y grows upwards. */
  #aim({ x, y, scale }: Camera): void {
    const { width, height } = this.#sheet.size;
    const across = (2 * scale) / width;
    const down = (-2 * scale) / height;
    this.#gl.uniform4f(this.#program.onto, across, down, -x * across, -y * down);
  }

  #points(diameter: number, ring: number, ink: Colour, inked: number): void {
    const gl = this.#gl;
    const disc = diameter >= DISC_FROM;
    if (disc) gl.enable(gl.BLEND);
    else gl.disable(gl.BLEND);
    gl.uniform1i(this.#program.disc, disc ? 1 : 0);
    gl.uniform1f(this.#program.diameter, diameter);
    gl.uniform1f(this.#program.ring, ring);
    gl.uniform4f(this.#program.ink, ...ink, inked);
  }

  #elements(from: number, count: number): void {
    if (count) this.#gl.drawElements(this.#gl.POINTS, count, this.#gl.UNSIGNED_INT, 4 * from);
  }
}
