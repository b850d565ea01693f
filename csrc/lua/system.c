/* totality.System: the parameters of a binary, and the model built from them when it's first asked.
 */
#include "lua/binding.h"

#include <stdbool.h>
#include <string.h>

#include "binary/lobe.h"
#include "lua/system.h"

#define CLASS "totality.System"

enum { SPOT_FIELDS = 5 };

typedef struct system_object {
    tot_binary parameters; /* `spots` points into the user value, a block of its own */
    tot_system *built;     /* NULL until it is needed */
} system_object;

static system_object *check_system(lua_State *L, int index) {
    return luaL_checkudata(L, index, CLASS);
}

const tot_binary *totlua_check_binary(lua_State *L, int index) {
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

/* Fields of the table of parameters at `index`, all checked by the Lua layer. */
static double get_number(lua_State *L, int index, const char *name) {
    if (lua_getfield(L, index, name) != LUA_TNUMBER)
        luaL_error(L, "binary: field '%s' is %s, a number was expected", name,
                   luaL_typename(L, -1));
    const double value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
}

static tot_limb_darkening get_limb_darkening(lua_State *L, int index, const char *name) {
    static const char *const laws[] = {"linear", "logarithmic", "square_root", "quadratic", NULL};
    lua_getfield(L, index, name);
    luaL_checktype(L, -1, LUA_TTABLE);
    const int limb = lua_gettop(L);
    lua_getfield(L, limb, "law");
    const tot_limb_law law = (tot_limb_law)luaL_checkoption(L, -1, NULL, laws);
    const tot_limb_darkening result = {law, get_number(L, limb, "x"), get_number(L, limb, "y")};
    lua_settop(L, limb - 1);
    return result;
}

/* binary(parameters, spots): a table with the fields below, spots as a series or nil */
static int create_binary(lua_State *L) {
    tot_error error = {{0}};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_getfield(L, 1, "configuration");
    const bool contact = strcmp(luaL_checkstring(L, -1), "contact") == 0;
    lua_pop(L, 1);
    system_object *self = lua_newuserdatauv(L, sizeof *self, 1);
    memset(self, 0, sizeof *self);
    luaL_setmetatable(L, CLASS);
    self->parameters =
        (tot_binary){.configuration = contact ? TOT_CONTACT : TOT_SEPARATE,
                     .mass_ratio = get_number(L, 1, "mass_ratio"),
                     .inclination = get_number(L, 1, "inclination"),
                     .temperature = {get_number(L, 1, "t1"), get_number(L, 1, "t2")},
                     .gravity_darkening = {get_number(L, 1, "gravity_darkening_1"),
                                           get_number(L, 1, "gravity_darkening_2")},
                     .limb_darkening = {get_limb_darkening(L, 1, "limb_darkening_1"),
                                        get_limb_darkening(L, 1, "limb_darkening_2")},
                     .wavelength = get_number(L, 1, "wavelength"),
                     .resolution = (size_t)get_number(L, 1, "resolution")};
    if (contact) {
        self->parameters.fillout = get_number(L, 1, "fillout");
    } else {
        self->parameters.potential[0] = get_number(L, 1, "potential_1");
        self->parameters.potential[1] = get_number(L, 1, "potential_2");
    }
    copy_spots(L, 2, self);
    const tot_status status = tot_binary_check(&self->parameters, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    return 1;
}

/* potential_of_radius(mass_ratio, star, radius) */
static int potential_of_radius(lua_State *L) {
    tot_error error = {{0}};
    double omega;
    const tot_status status =
        tot_roche_potential_of_radius(luaL_checknumber(L, 1), (int)luaL_checkinteger(L, 2),
                                      luaL_checknumber(L, 3), &omega, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushnumber(L, omega);
    return 1;
}

/* lobe_potential(mass_ratio) */
static int lobe_potential(lua_State *L) {
    lua_pushnumber(L, tot_roche_lobe_potential(luaL_checknumber(L, 1)));
    return 1;
}

static const tot_system *build(lua_State *L, system_object *self) {
    tot_error error = {{0}};
    if (self->built == NULL) {
        const tot_status status = tot_system_create(&self->parameters, &self->built, &error);
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
    set_number(L, "omega_1", g.omega[0]);
    set_number(L, "omega_2", g.omega[1]);
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
static const luaL_Reg functions[] = {{"binary", create_binary},
                                     {"potential_of_radius", potential_of_radius},
                                     {"lobe_potential", lobe_potential},
                                     {NULL, NULL}};

void totlua_open_system(lua_State *L) {
    totlua_new_class(L, CLASS, methods, metamethods);
    luaL_setfuncs(L, functions, 0);
    lua_pushinteger(L, TOT_DEFAULT_RESOLUTION);
    lua_setfield(L, -2, "default_resolution");
}
