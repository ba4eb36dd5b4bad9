// A WebGL2 context and the one program that draws the map.
import { FRAGMENT, VERTEX } from "./shaders";

export interface Program {
  readonly onto: WebGLUniformLocation | null;
  readonly diameter: WebGLUniformLocation | null;
  readonly disc: WebGLUniformLocation | null;
  readonly ring: WebGLUniformLocation | null;
  readonly ink: WebGLUniformLocation | null;
}

/** Null where the browser has no WebGL2. Smoothing by the context would make 100,000 points three times as slow. */
export function contextOf(canvas: HTMLCanvasElement): WebGL2RenderingContext | null {
  return canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
}

/** Whether there is no graphics card at work. */
export function drawnBySoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

export function programOf(gl: WebGL2RenderingContext): Program {
  const program = gl.createProgram();
  gl.attachShader(program, shader(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, shader(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`The map cannot be drawn here: ${gl.getProgramInfoLog(program)}`);
  }
  gl.useProgram(program);
  const place = (name: string) => gl.getUniformLocation(program, name);
  return {
    onto: place("onto"),
    diameter: place("diameter"),
    disc: place("disc"),
    ring: place("ring"),
    ink: place("ink"),
  };
}

function shader(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const made = gl.createShader(kind);
  if (made === null) throw new Error("The map cannot be drawn here: the browser took its drawing context away.");
  gl.shaderSource(made, source);
  gl.compileShader(made);
  return made;
}
