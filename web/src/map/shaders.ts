// What the graphics processor runs: a square or a disc a sample, in the colour of its role.

export const VERTEX = `#version 300 es
layout(location = 0) in float x;
layout(location = 1) in float y;
layout(location = 2) in uint role;
uniform vec4 onto; // places to clip space: scales, then offsets
uniform highp float diameter;
uniform sampler2D colours; // one a role
flat out vec3 colour;

void main() {
  gl_Position = vec4(vec2(x, y) * onto.xy + onto.zw, 0.0, 1.0);
  gl_PointSize = diameter;
  colour = texelFetch(colours, ivec2(int(role), 0), 0).rgb;
}`;

export const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec3 colour;
uniform highp float diameter;
uniform bool disc; // squares cost less, and as small as they are look alike
uniform float ring; // its width; 0: none
uniform vec4 ink; // of the ring; of a dimmed point the ground and how much of it
out vec4 paint;

void main() {
  if (!disc) {
    paint = vec4(mix(colour, ink.rgb, ink.a), 1.0);
    return;
  }
  float inwards = diameter * (0.5 - distance(gl_PointCoord, vec2(0.5))); // pixels from the edge
  float covered = clamp(inwards, 0.0, 1.0);
  float inked = ring > 0.0 ? clamp(ring + 1.0 - inwards, 0.0, 1.0) : ink.a;
  paint = vec4(mix(colour, ink.rgb, inked) * covered, covered);
}`;
