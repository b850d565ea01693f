#include "curve/heliocentric.h"

#include <math.h>

static const double DEGREE = 3.14159265358979323846 / 180.0;
static const double LIGHT_DAYS = 0.0057755183; /* in an astronomical unit: 499.004784 s */
static const double OBLIQUITY = 23.4392911;    /* of the ecliptic at J2000 */

double tot_heliocentric_correction(double julian_date, double ra, double dec) {
    const double t = (julian_date - 2451545.0) / 36525.0; /* Julian centuries since J2000 */
    /* Meeus (25.2)-(25.5) */
    const double mean_longitude = 280.46646 + t * (36000.76983 + t * 0.0003032);
    const double anomaly = (357.52911 + t * (35999.05029 - t * 0.0001537)) * DEGREE;
    const double eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267);
    const double centre = (1.914602 - t * (0.004817 + t * 0.000014)) * sin(anomaly) +
                          (0.019993 - t * 0.000101) * sin(2.0 * anomaly) +
                          0.000289 * sin(3.0 * anomaly);
    const double distance = 1.000001018 * (1.0 - eccentricity * eccentricity) /
                            (1.0 + eccentricity * cos(anomaly + centre * DEGREE));
    /* general precession from J2000 to the date is 1.397 degrees a century */
    const double longitude = (mean_longitude + centre - 1.397 * t) * DEGREE;
    const double x = cos(longitude), y = sin(longitude) * cos(OBLIQUITY * DEGREE),
                 z = sin(longitude) * sin(OBLIQUITY * DEGREE);
    const double cos_angle =
        (x * cos(ra * DEGREE) + y * sin(ra * DEGREE)) * cos(dec * DEGREE) + z * sin(dec * DEGREE);
    return -LIGHT_DAYS * distance * cos_angle;
}
