/* Light travel time between the Earth and the Sun. */
#ifndef TOT_CURVE_HELIOCENTRIC_H
#define TOT_CURVE_HELIOCENTRIC_H

/* What has to be added to a Julian date (UTC) of an observation from the Earth to make it
 * heliocentric, HJD - JD, in days: the projection of the Earth's place on the direction to the
 * star, -R/c cos(angle between Sun and star). ra, dec: degrees, J2000. The Sun's place is the
 * low-accuracy theory of Meeus, Astronomical Algorithms, 2nd ed., chapter 25 (0.01 degree, hence
 * better than 0.1 s of light time; 1800-2200), its longitude reduced to J2000. */
double tot_heliocentric_correction(double julian_date, double ra, double dec);

#endif
