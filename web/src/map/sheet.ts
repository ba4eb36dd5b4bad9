// What is drawn once and shown shifted: a picture larger than the canvas, of which panning shows another part. Of 100,000
// points drawn anew each time a software renderer on two processors shows 24 frames a second, and so 51 to 58.
import type { Camera, Size } from "./camera";

const MARGIN = 256; // CSS pixels on each side of what is seen

export class Sheet {
  readonly #gl: WebGL2RenderingContext;
  readonly #frame: WebGLFramebuffer;
  /** Device pixels a CSS pixel. */
  #ratio = 1;
  #seen: Size = { width: 0, height: 0 };
  /** What it shows; null: nothing that is still true. */
  #shows: Camera | null = null;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#frame = gl.createFramebuffer();
    const picture = gl.createRenderbuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, picture);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, picture);
  }

  /** In CSS pixels. */
  get size(): Size {
    return { width: this.#seen.width + 2 * MARGIN, height: this.#seen.height + 2 * MARGIN };
  }

  /** The canvas and the sheet for a window of this size. */
  resize(size: Size, ratio: number): void {
    this.#seen = size;
    this.#ratio = ratio;
    this.forget();
    const { canvas } = this.#gl;
    canvas.width = this.#device(size.width);
    canvas.height = this.#device(size.height);
    const { width, height } = this.size;
    this.#gl.renderbufferStorage(this.#gl.RENDERBUFFER, this.#gl.RGBA8, this.#device(width), this.#device(height));
  }

  forget(): void {
    this.#shows = null;
  }

  /** Whether `camera` is shown from a sheet that was drawn for another: up to half a pixel off, nearer to its end. */
  isShifted(camera: Camera): boolean {
    return this.#shows !== camera;
  }

  /** Shows the window at `camera`; has `draw` fill the sheet where it does not reach so far. */
  show(camera: Camera, draw: () => void): void {
    if (!this.#reaches(camera)) {
      this.#gl.bindFramebuffer(this.#gl.FRAMEBUFFER, this.#frame);
      this.#gl.viewport(0, 0, this.#device(this.size.width), this.#device(this.size.height));
      draw();
      this.#shows = camera;
    }
    this.#copy(camera);
  }

  #reaches({ x, y, scale }: Camera): boolean {
    const shows = this.#shows;
    if (shows === null || shows.scale !== scale) return false;
    return Math.abs(x - shows.x) * scale <= MARGIN && Math.abs(y - shows.y) * scale <= MARGIN;
  }

  #copy({ x, y, scale }: Camera): void {
    const gl = this.#gl;
    const { width, height } = gl.canvas;
    const shows = this.#shows ?? { x, y };
    const left = this.#device(MARGIN + (x - shows.x) * scale);
    const bottom = this.#device(MARGIN - (y - shows.y) * scale); // the sheet's rows begin below
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.#frame);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    gl.blitFramebuffer(
      left,
      bottom,
      left + width,
      bottom + height,
      0,
      0,
      width,
      height,
      gl.COLOR_BUFFER_BIT,
      gl.NEAREST,
    );
  }

  #device(pixels: number): number {
    return Math.round(pixels * this.#ratio);
  }
}
