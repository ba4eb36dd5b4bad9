; Every source adds to gaBus; one output instrument a clip reads it; Clear, the last instrument, empties it.
sr = 48000
ksmps = 16
nchnls = 1
0dbfs = 1
seed $SEED
gaBus init 0
giSine ftgen 1, 0, 16384, 10, 1
giCosine ftgen 2, 0, 16384, 11, 1
giRise ftgen 3, 0, 1024, 19, 0.5, 0.5, 270, 0.5
giImpulse ftgen 4, 0, 256, 20, 6, 1, 0.02
giWindow ftgen 5, 0, 4096, 20, 2, 1
giRich ftgen 7, 0, 16384, 10, 1, 0.5, 0.35, 0.25, 0.2, 0.15, 0.1, 0.1
