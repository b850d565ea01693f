/* What a surface element radiates: Planck's law, limb darkening, gravity darkening, spots. */
#ifndef TOT_BINARY_RADIATION_H
#define TOT_BINARY_RADIATION_H

#include <stddef.h>

#include "base/status.h"
#include "binary/surface.h"

typedef enum tot_limb_law {
    TOT_LIMB_LINEAR,      /* D = 1 - x (1 - mu) */
    TOT_LIMB_LOGARITHMIC, /* D = 1 - x (1 - mu) - y mu ln mu */
    TOT_LIMB_SQUARE_ROOT, /* D = 1 - x (1 - mu) - y (1 - sqrt mu) */
    TOT_LIMB_QUADRATIC    /* D = 1 - x (1 - mu) - y (1 - mu)^2 */
} tot_limb_law;

typedef struct tot_limb_darkening {
    tot_limb_law law;
    double x, y;
} tot_limb_darkening;

/* D(mu), mu in [0, 1] the cosine of the angle to the normal. */
double tot_limb_darkening_at(const tot_limb_darkening *limb, double mu);

/* D0 = 2 integral of D(mu) mu dmu: the emergent flux is pi D0 times the intensity at mu = 1. */
double tot_limb_darkening_flux(const tot_limb_darkening *limb);

/* Planck's 1/(exp(hc/(lambda k T)) - 1); temperature in K, wavelength in nm. The factor
 * 2hc^2/lambda^5 is common to both stars and left out. */
double tot_planck(double temperature, double wavelength);

/* A circular spot, seen from the centre of its star (1 or 2), in the star's own frame: longitude 0
 * faces the companion, 90 the direction y of star 1 (-y of star 2); colatitude 0 is the pole +z.
 * Degrees. Inside, the temperature is multiplied by temperature_factor, after gravity darkening. */
typedef struct tot_spot {
    int star;
    double colatitude, longitude, radius, temperature_factor;
} tot_spot;

/* Local effective temperatures without spots: T = T_eff (g^beta/<g^beta>)^(1/4), <> the mean over
 * the star's surface by area (von Zeipel 1924; Lucy 1967: beta = 0.32 for convective envelopes). */
void tot_gravity_darkened(const tot_surface *surface, double t_eff, double beta,
                          double *temperatures);

/* The spots of one star as one mirror image of the quarter mesh shows them; NULL spots: none. The
 * image has y multiplied by sign_y and z by sign_z. */
typedef struct tot_spotted_image {
    int star;
    double sign_y, sign_z;
    const tot_spot *spots; /* of both stars; those of the other don't count */
    size_t spot_count;
} tot_spotted_image;

/* Specific intensity along the normal, divided by D0, of each cell. A cell cut by a spot's edge
 * gets the mean by area. heating: what reflection adds to T^4, K^4, after the spots; NULL: nothing.
 */
tot_status tot_spotted_intensities(const tot_surface *surface, const double *temperatures,
                                   const double *heating, double wavelength,
                                   const tot_limb_darkening *limb, const tot_spotted_image *image,
                                   double *intensities, tot_error *error);

/* Mean of T^4 of each cell, K^4: its bolometric exitance but for the constant. */
tot_status tot_spotted_exitances(const tot_surface *surface, const double *temperatures,
                                 const tot_spotted_image *image, double *exitances,
                                 tot_error *error);

#endif
