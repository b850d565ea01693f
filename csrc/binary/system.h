/* A binary system: its parameters, its surfaces, and what it looks like from outside.
 *
 * Circular, synchronous orbit. Phase 0: star 2 in front, star 1 eclipsed; the observer's direction
 * in the co-rotating frame is (sin i cos 2 pi phi, -sin i sin 2 pi phi, cos i), so that star 2
 * moves towards +y. A mass ratio above 1 is handled by swapping the stars inside. */
#ifndef TOT_BINARY_SYSTEM_H
#define TOT_BINARY_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "binary/radiation.h"
#include "binary/roche.h"

/* Cells along a quarter of a star's circumference that keep curves within 4e-4 of the reference
 * curves; the mesh's own share of that, at most 2.6e-4, falls with the square. */
enum { TOT_DEFAULT_RESOLUTION = 10, TOT_MAXIMUM_RESOLUTION = 512 };

typedef enum tot_configuration {
    TOT_CONTACT, /* both stars fill one common equipotential */
    TOT_SEPARATE /* each has its own: detached, or semi-detached where it is the lobe's */
} tot_configuration;

/* The parameters of a binary. Index 0 is star 1. */
typedef struct tot_binary {
    tot_configuration configuration;
    double mass_ratio;   /* M2/M1, 0.001 to 1000 */
    double inclination;  /* degrees */
    double fillout;      /* TOT_CONTACT: 0 (inner critical surface) to 1 (outer) */
    double potential[2]; /* TOT_SEPARATE: of each star, in the frame of star 1; at least the lobes'.
                          * See lobe.h for radii */
    double temperature[2];       /* effective, mean by area, K; 1000 to 100000 */
    double gravity_darkening[2]; /* beta of T^4 ~ g^beta: 0.32 convective, 1 radiative */
    bool reflection;             /* whether the stars heat each other */
    double albedo[2];            /* bolometric, 0 to 1: 0.5 convective, 1 radiative */
    tot_limb_darkening limb_darkening[2];
    double wavelength;         /* nm; counts when there is no band */
    const tot_band_node *band; /* or NULL; wavelengths as above, weights not negative, not all 0 */
    size_t band_count;
    double third_light; /* share of the light at phase 0.25 that is not the binary's, [0, 1) */
    const tot_spot *spots;
    size_t spot_count;
    size_t resolution; /* cells along a quarter of the circumference, 4 to 512 */
} tot_binary;

/* Contact, mass ratio 1, fillout 0.2, inclination 90, 5800 K, convective, linear limb darkening 0.6
 * at 550 nm, no spots, no third light. */
tot_binary tot_binary_defaults(void);

/* TOT_ERROR_ARGUMENT with a message that names the wrong parameter and its range. */
tot_status tot_binary_check(const tot_binary *parameters, tot_error *error);

typedef struct tot_system tot_system;

/* Checks the parameters and builds the surfaces. The parameters, spots and band included, are
 * copied. Free with tot_system_free. */
tot_status tot_system_create(const tot_binary *parameters, tot_system **system, tot_error *error);
void tot_system_free(tot_system *system);

/* Flux of the whole system, third light included, at `count` orbital phases (any real numbers), in
 * units of the flux at phase 0.25. */
tot_status tot_system_light_curve(const tot_system *system, const double *phases, size_t count,
                                  double *flux, tot_error *error);

/* The same for several states of a system, with other spots: flux[state_count][count]. What hides
 * what is found once for all of them. TOT_ERROR_ARGUMENT: one has another geometry, limb darkening
 * or third light. */
tot_status tot_system_light_curves(const tot_system *const *states, size_t state_count,
                                   const double *phases, size_t count, double *flux,
                                   tot_error *error);

/* The light of each star alone that reaches the observer, in units of the light of both at phase
 * 0.25: third light is no star's. */
tot_status tot_system_light_contributions(const tot_system *system, double phase,
                                          double contribution[2], tot_error *error);

/* One conjunction: which star is behind, and what is left of it. */
typedef struct tot_conjunction {
    double phase;      /* 0 or 0.5 */
    int eclipsed_star; /* 1 at phase 0, 2 at phase 0.5 */
    double light_left; /* its visible light / the light of both stars at that moment */
    double clearance;  /* least depth of its limb behind the front star's, units of the separation:
                        * positive when the eclipse is total, negative when some of it is seen; -1
                        * when the stars don't overlap */
    double duration;   /* of totality, in phase; 0 when the eclipse is not total */
    double depth;      /* 1 - flux(conjunction)/flux(0.25), without third light */
} tot_conjunction;

typedef struct tot_totality {
    bool total;                     /* the smaller light_left is below TOT_TOTAL_LIGHT */
    bool grazing;                   /* not total, but below TOT_GRAZING_LIGHT */
    size_t darkest;                 /* index of the conjunction with the smaller light_left */
    tot_conjunction conjunction[2]; /* phase 0, phase 0.5 */
} tot_totality;

/* Zero within the model's accuracy, and what counts as nearly nothing. */
#define TOT_TOTAL_LIGHT 1e-4
#define TOT_GRAZING_LIGHT 1e-2

/* Decided by geometry: the eclipse is total where every point of the hidden star's limb lies behind
 * the star in front. Durations cost about ten times as much as the rest and may be left out. */
tot_status tot_system_totality(const tot_system *system, bool with_duration, tot_totality *totality,
                               tot_error *error);

#endif
