; Struck bodies: one event a vibration mode, bursts of noise, built-in physical bars.

instr Mode ; p4 Hz, p5 seconds to -60 dB, p6 level, p7 seconds of contact, p8 share of noise, p9 bend, p10 its seconds, p11 swell seconds
  aPulse linseg 0, p7 * 0.5, 1, p7 * 0.5, 0, 1, 0
  aNoise noise 1, 0
  aShort expseg 1, p7 * 3, 0.001, 1, 0.001
  aHit = (aPulse * (1 - p8) + aNoise * aShort * p8) / (0.5 * p7 * sr)
  kTime timeinsts
  kHz = p4 * (1 + p9 * exp(-6.9 * kTime / p10))
  aBody mode aHit, sr / $M_PI * sin($M_PI * kHz / sr), $M_PI * p4 * p5 / 6.91
  aSwell linseg 0, p11, 1, 1, 1
  gaBus += aBody * aSwell * p6 / (1 - exp(-p4 / 170))
endin

instr Hiss ; p4 low Hz, p5 high Hz, p6 level, p7 attack, p8 seconds to -60 dB, p9 what high becomes (ratio), p10 flutter
  aNoise noise 1, 0
  aRise linseg 0, p7, 1, 1, 1
  aFall expseg 1, p8, 0.001, 1, 0.0001
  kHigh expseg p5, p8, p5 * p9, 1, p5 * p9
  kFlutter jspline p10, 20, 60
  aOut butterhp aNoise * aRise * aFall * (1 + kFlutter), p4
  gaBus += butterlp(aOut, kHigh) * p6
endin

instr Tone ; p4 Hz at the start, p5 Hz at the end, p6 seconds of the glide, p7 level, p8 seconds to -60 dB, p9 attack
  kHz expseg p4, p6, p5, 1, p5
  aRise linseg 0, p9, 1, 1, 1
  aFall expseg 1, p8, 0.001, 1, 0.0001
  gaBus += oscili(1, kHz, 1, 0.0) * aRise * aFall * p7
endin

instr Prepared ; p4 Hz, p5 seconds, p6 stiffness, p7 rattles, p8 rubbers, p9 hammer
  iRattles ftgentmp 0, 0, -8, -2, 1, p7, 10, 100, 0.001, 0, 0, 0
  iRubbers ftgentmp 0, 0, -8, -2, 1, p8, 50, 0.1, 500, 0, 0, 0
  aLeft, aRight prepiano p4, 3, 12, p6, p5, 0.002, 2, 2, 1, 5000, -0.01, 0.09, p9, 0, 0.1, iRattles, iRubbers
  gaBus += aLeft + aRight
endin

instr Marimba ; p4 Hz, p5 hardness, p6 position, p7 vibrato
  gaBus += marimba(0.5, p4, p5, p6, giImpulse, 6, p7, 1, 0.1, 0, 0)
endin

instr Shaken ; p4 kind, p5 level, p6 count of grains, p7 damping, p8 Hz, p9 second Hz, p10 third Hz
  if p4 == 0 then
    aOut cabasa p5, 0.01, p6, p7
  elseif p4 == 1 then
    aOut tambourine p5, 0.01, p6, p7, 0, p8, p9, p10
  else
    aOut sleighbells p5, 0.01, p6, p7, 0, p8, p9, p10
  endif
  gaBus += aOut
endin

instr Beads ; p4 low Hz, p5 high Hz, p6 level, p7 grains a second, p8 rise of the shake (0..1 of its length), p9 resonance
  aEnv linseg 0, p3 * p8, 1, p3 * (1 - p8), 0
  aDust dust2 1, p7
  aNoise noise 0.15, 0
  aOut reson (aDust + aNoise) * aEnv * aEnv, sqrt(p4 * p5), (p5 - p4) / p9, 2
  gaBus += butterhp(aOut, p4 * 0.7) * p6
endin
