; Plucked, bowed and blown waveguides, and what carries their sound.

opcode Loop, a, akk ; a string: delay of one period and a two-point average, whose length may move
  setksmps 1
  aIn, kHz, kGain xin
  aLine delayr 0.06
  aEcho deltap3 1 / kHz - 0.5 / sr
  aOut = aIn + kGain * 0.5 * (aEcho + delay1(aEcho))
  delayw aOut
  xout aOut
endop

instr String ; p4 Hz, p5 level, p6 where it is picked (0..1), p7 seconds to -60 dB, p8 brightness Hz, p9 bend ratio, p10 when, p11 how long, p12 vibrato
  kBend expseg 1, p10, 1, p11, p9, 1, p9
  kSlow linseg 0, 0.35, 0, 0.4, 1, 1, 1
  kHz = p4 * kBend * (1 + p12 * kSlow * oscil(1, 5.3, 1))
  aBurst linseg 1, 1 / p4, 1, 0.0005, 0, 1, 0
  aNoise noise aBurst, 0
  aPick mpulse 6, 0
  aPick tone aPick + aNoise * 0.5, p4 * 2.5 + p8 * 0.05
  aPick butterlp aPick * 3, p8
  aBack vdelay aPick, 1000 * p6 / p4, 100
  aOut Loop aPick - aBack * 0.9, kHz, exp(-6.9 / (p4 * p7))
  aFade linseg 1, p3 - 0.03, 1, 0.03, 0
  gaBus += dcblock2(aOut) * aFade * p5 * 0.6
endin

instr Sitar ; p4 Hz, p5 level, p6 seconds to -60 dB, p7 buzz, p8 bend ratio at the start
  kBend expseg p8, 0.18, 1, 1, 1
  aBurst linseg 1, 1 / p4, 1, 0.0005, 0, 1, 0
  aPick noise aBurst, 0
  aOut Loop aPick, p4 * kBend, exp(-6.9 / (p4 * p6))
  aBuzz = tanh(aOut * p7) * (1 + 0.4 * tanh(aOut * p7 * 4))
  aBuzz butterhp aBuzz, p4 * 1.5
  aTouch streson aPick * 0.02, p4 * 1.5, 0.996
  gaBus += (aOut * 0.3 + aBuzz * 0.25 + aTouch) * p5
endin

instr Bow ; p4 Hz, p5 level, p6 pressure, p7 position, p8 attack, p9 release, p10 vibrato Hz, p11 its depth, p12 strokes a second, p13 glide from ratio
  kLevel linseg 0.001, p8, 1, p3 - p8 - p9, 1, p9, 0
  kGlide expseg p13, 0.12, 1, 1, 1
  kWobble jspline 0.004, 2, 6
  aOut wgbow 0.5, p4 * kGlide * (1 + kWobble), p6, p7, p10, p11, giSine, p4 * 0.5
  if p12 > 0 then
    kStroke oscili 0.5, p12 * (1 + kWobble * 20), 1
    kLevel = kLevel * (0.45 + kStroke)
  endif
  gaBus += aOut * a(kLevel) * p5
endin

instr Clarinet ; p4 Hz, p5 level, p6 stiffness, p7 attack, p8 release, p9 noise, p10 vibrato Hz, p11 its depth
  aOut wgclar 0.8, p4, p6, p7, p8, p9, p10, p11, giSine, p4 * 0.5
  aFade linseg 1, p3 - p8, 1, p8, 0
  gaBus += aOut * p5 * aFade
endin

instr Flute ; p4 Hz, p5 level, p6 jet, p7 attack, p8 release, p9 noise, p10 vibrato Hz, p11 its depth
  aOut wgflute 0.8, p4, p6, p7, p8, p9, p10, p11, giSine, p4 * 0.5
  aFade linseg 1, p3 - p8, 1, p8, 0
  gaBus += aOut * p5 * aFade
endin

instr Brass ; p4 Hz, p5 level, p6 attack, p7 brightness, p8 vibrato, p9 release, p10 growl: harmonics open with loudness
  kLevel linseg 0, p6, 1, p6, 0.8, p3 - 2 * p6 - p9, 0.75, p9, 0
  kSlow linseg 0, 0.3, 0, 0.4, 1, 1, 1
  kScoop expseg 0.97, p6, 1, 1, 1
  kHz = p4 * kScoop * (1 + p8 * kSlow * oscil(1, 5.2, 1) + jspline(0.002, 3, 9))
  aOut gbuzz 1, kHz, int(16000 / p4), 1, 0.5 + 0.45 * kLevel * p7, giCosine
  aOut butterlp aOut, p4 * (2 + 16 * kLevel * p7)
  aBlow noise p10 * kLevel, 0
  gaBus += (aOut + butterbp(aBlow, 1500, 1500)) * kLevel * p5
endin

instr Bottle ; p4 Hz, p5 level, p6 breath
  kLevel linseg 0, 0.12, 1, p3 - 0.3, 0.8, 0.18, 0
  aBreath noise kLevel * (1 + jspline(0.4, 4, 9)), 0
  aTone reson aBreath, p4 * (1 + jspline(0.004, 3, 6)), p4 * 0.012, 2
  gaBus += (aTone * 0.7 + butterbp(aBreath, p4 * 3, p4 * 3) * p6) * p5
endin
