/* totality.System: the parameters of a binary, and the model built from them when it's first asked.
 */
#include "lua/binding.h"

#include <string.h>

#include "lua/system.h"

#define CLASS "totality.System"

enum { SPOT_FIELDS = 5 };

typedef struct system_object {
    tot_contact parameters; /* `spots` points into the user value, a block of its own */
    tot_system *built;      /* NULL until it is needed */
} system_object;

static system_object *check_system(lua_State *L, int index) {
    return luaL_checkudata(L, index, CLASS);
}

const tot_contact *totlua_check_contact(lua_State *L, int index) {
    return &check_system(L, index)->parameters;
}

static int collect(lua_State *L) {
    system_object *self = check_system(L, 1);
    tot_system_free(self->built);
    self->built = NULL;
    return 0;
}

/* Spots as a flat series: star, colatitude, longitude, radius, temperature factor of each. */
static void copy_spots(lua_State *L, int index, system_object *self) {
    const totlua_series *flat = totlua_optional_series(L, index);
    if (flat == NULL || flat->count == 0)
        return;
    luaL_argcheck(L, flat->count % SPOT_FIELDS == 0, index, "five numbers a spot expected");
    const size_t count = flat->count / SPOT_FIELDS;
    tot_spot *spots = lua_newuserdatauv(L, count * sizeof *spots, 0);
    for (size_t k = 0; k < count; k++) {
        const double *f = flat->data + SPOT_FIELDS * k;
        spots[k] = (tot_spot){(int)f[0], f[1], f[2], f[3], f[4]};
    }
    lua_setiuservalue(L, -2, 1);
    self->parameters.spots = spots;
    self->parameters.spot_count = count;
}

static tot_limb_darkening check_limb_darkening(lua_State *L, int index) {
    static const char *const names[] = {"linear", "logarithmic", "square_root", "quadratic", NULL};
    return (tot_limb_darkening){(tot_limb_law)luaL_checkoption(L, index, NULL, names),
                                luaL_checknumber(L, index + 1), luaL_checknumber(L, index + 2)};
}

/* contact(mass_ratio, fillout, inclination, t1, t2, gravity_darkening1, gravity_darkening2, law1,
 * x1, y1, law2, x2, y2, wavelength, resolution, spots) */
static int create_contact(lua_State *L) {
    tot_error error = {{0}};
    system_object *self = lua_newuserdatauv(L, sizeof *self, 1);
    memset(self, 0, sizeof *self);
    luaL_setmetatable(L, CLASS);
    self->parameters =
        (tot_contact){.mass_ratio = luaL_checknumber(L, 1),
                      .fillout = luaL_checknumber(L, 2),
                      .inclination = luaL_checknumber(L, 3),
                      .temperature = {luaL_checknumber(L, 4), luaL_checknumber(L, 5)},
                      .gravity_darkening = {luaL_checknumber(L, 6), luaL_checknumber(L, 7)},
                      .limb_darkening = {check_limb_darkening(L, 8), check_limb_darkening(L, 11)},
                      .wavelength = luaL_checknumber(L, 14),
                      .resolution = totlua_check_size(L, 15)};
    copy_spots(L, 16, self);
    const tot_status status = tot_contact_check(&self->parameters, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    return 1;
}

static const tot_system *build(lua_State *L, system_object *self) {
    tot_error error = {{0}};
    if (self->built == NULL) {
        const tot_status status =
            tot_system_create_contact(&self->parameters, &self->built, &error);
        if (status != TOT_OK)
            totlua_failure(L, status, &error);
    }
    return self->built;
}

/* system:light_curve(phases) -> flux */
static int light_curve(lua_State *L) {
    tot_error error = {{0}};
    const tot_system *system = build(L, check_system(L, 1));
    const totlua_series *phases = totlua_check_series(L, 2);
    totlua_series *flux = totlua_new_series(L, phases->count);
    const tot_status status =
        tot_system_light_curve(system, phases->data, phases->count, flux->data, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

static int light_contributions(lua_State *L) {
    tot_error error = {{0}};
    double light[2];
    const tot_system *system = build(L, check_system(L, 1));
    const tot_status status =
        tot_system_light_contributions(system, luaL_checknumber(L, 2), light, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushnumber(L, light[0]);
    lua_pushnumber(L, light[1]);
    return 2;
}

static void set_number(lua_State *L, const char *name, double value) {
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

static void set_boolean(lua_State *L, const char *name, int value) {
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

/* system:totality() -> table with `total`, `grazing`, `darkest` and the list of both conjunctions
 */
static int totality(lua_State *L) {
    tot_error error = {{0}};
    tot_totality t;
    const tot_status status = tot_system_totality(build(L, check_system(L, 1)), true, &t, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_createtable(L, 2, 3);
    for (int k = 0; k < 2; k++) {
        const tot_conjunction *c = &t.conjunction[k];
        lua_createtable(L, 0, 6);
        set_number(L, "phase", c->phase);
        lua_pushinteger(L, c->eclipsed_star);
        lua_setfield(L, -2, "eclipsed_star");
        set_number(L, "light_left", c->light_left);
        set_number(L, "clearance", c->clearance);
        set_number(L, "duration", c->duration);
        set_number(L, "depth", c->depth);
        lua_rawseti(L, -2, k + 1);
    }
    set_boolean(L, "total", t.total);
    set_boolean(L, "grazing", t.grazing);
    lua_pushinteger(L, (lua_Integer)t.darkest + 1);
    lua_setfield(L, -2, "darkest");
    return 1;
}

/* system:geometry() -> table */
static int geometry(lua_State *L) {
    const tot_system_geometry g = tot_system_get_geometry(build(L, check_system(L, 1)));
    lua_createtable(L, 0, 10);
    set_number(L, "omega", g.omega);
    set_number(L, "omega_l1", g.critical.omega_l1);
    set_number(L, "omega_l2", g.critical.omega_l2);
    set_number(L, "x_l1", g.critical.x_l1);
    set_number(L, "x_l2", g.critical.x_l2);
    set_number(L, "x_neck", g.x_neck);
    set_number(L, "mean_radius_1", g.mean_radius[0]);
    set_number(L, "mean_radius_2", g.mean_radius[1]);
    set_number(L, "polar_radius_1", g.polar_radius[0]);
    set_number(L, "polar_radius_2", g.polar_radius[1]);
    return 1;
}

static const luaL_Reg methods[] = {{"light_curve", light_curve},
                                   {"light_contributions", light_contributions},
                                   {"totality", totality},
                                   {"geometry", geometry},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", collect}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"contact", create_contact}, {NULL, NULL}};

void totlua_open_system(lua_State *L) {
    totlua_new_class(L, CLASS, methods, metamethods);
    luaL_setfuncs(L, functions, 0);
}
