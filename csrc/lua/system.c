/* totality.System: the parameters of a binary, and the model built from them when it's first asked.
 */
#include "lua/binding.h"

#include <stdbool.h>
#include <string.h>

#include "binary/exposure.h"
#include "binary/lobe.h"
#include "lua/system.h"

#define CLASS "totality.System"

enum { SPOT_FIELDS = 5, NODE_FIELDS = 2 };

typedef struct system_object {
    tot_binary parameters; /* `spots` and `band` point into the user value, a block of its own */
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

/* Spots as a flat series (star, colatitude, longitude, radius, temperature factor of each), and a
 * band as one (wavelength and weight of each node), or nil, into a block that becomes the user
 * value of the object on top. */
static void copy_spots_and_band(lua_State *L, int spots_index, int band_index,
                                system_object *self) {
    const totlua_series *spots = totlua_optional_series(L, spots_index);
    const totlua_series *band = totlua_optional_series(L, band_index);
    const size_t spot_count = spots == NULL ? 0 : spots->count / SPOT_FIELDS;
    const size_t band_count = band == NULL ? 0 : band->count / NODE_FIELDS;
    luaL_argcheck(L, spots == NULL || spots->count % SPOT_FIELDS == 0, spots_index,
                  "five numbers a spot expected");
    luaL_argcheck(L, band == NULL || band->count % NODE_FIELDS == 0, band_index,
                  "two numbers a node expected");
    if (spot_count + band_count == 0)
        return;
    tot_spot *copied_spots =
        lua_newuserdatauv(L, spot_count * sizeof(tot_spot) + band_count * sizeof(tot_band_node), 0);
    tot_band_node *copied_band = (tot_band_node *)(copied_spots + spot_count);
    for (size_t k = 0; k < spot_count; k++) {
        const double *f = spots->data + SPOT_FIELDS * k;
        copied_spots[k] = (tot_spot){(int)f[0], f[1], f[2], f[3], f[4]};
    }
    for (size_t k = 0; k < band_count; k++)
        copied_band[k] =
            (tot_band_node){band->data[NODE_FIELDS * k], band->data[NODE_FIELDS * k + 1]};
    lua_setiuservalue(L, -2, 1);
    self->parameters.spots = copied_spots;
    self->parameters.spot_count = spot_count;
    self->parameters.band = copied_band;
    self->parameters.band_count = band_count;
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

/* binary(parameters, spots, band): a table with the fields below, spots and band as series or nil.
 * Without a band there is a wavelength. */
static int create_binary(lua_State *L) {
    tot_error error = {{0}};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 3);
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
                     .albedo = {get_number(L, 1, "albedo_1"), get_number(L, 1, "albedo_2")},
                     .limb_darkening = {get_limb_darkening(L, 1, "limb_darkening_1"),
                                        get_limb_darkening(L, 1, "limb_darkening_2")},
                     .wavelength = lua_isnil(L, 3) ? get_number(L, 1, "wavelength") : 0.0,
                     .third_light = get_number(L, 1, "third_light"),
                     .resolution = (size_t)get_number(L, 1, "resolution")};
    lua_getfield(L, 1, "reflection");
    self->parameters.reflection = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (contact) {
        self->parameters.fillout = get_number(L, 1, "fillout");
    } else {
        self->parameters.potential[0] = get_number(L, 1, "potential_1");
        self->parameters.potential[1] = get_number(L, 1, "potential_2");
    }
    copy_spots_and_band(L, 2, 3, self);
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

const tot_system *totlua_build_system(lua_State *L, int index) {
    return build(L, check_system(L, index));
}

/* system:light_curve(phases, exposure or nil) -> flux */
static int light_curve(lua_State *L) {
    tot_error error = {{0}};
    const tot_system *system = build(L, check_system(L, 1));
    const totlua_series *phases = totlua_check_series(L, 2);
    const double exposure = luaL_optnumber(L, 3, 0.0);
    totlua_series *flux = totlua_new_series(L, phases->count);
    const tot_status status = tot_system_exposed_light_curve(system, phases->data, phases->count,
                                                             exposure, flux->data, &error);
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
        totlua_set_number(L, "phase", c->phase);
        lua_pushinteger(L, c->eclipsed_star);
        lua_setfield(L, -2, "eclipsed_star");
        totlua_set_number(L, "light_left", c->light_left);
        totlua_set_number(L, "clearance", c->clearance);
        totlua_set_number(L, "duration", c->duration);
        totlua_set_number(L, "depth", c->depth);
        lua_rawseti(L, -2, k + 1);
    }
    set_boolean(L, "total", t.total);
    set_boolean(L, "grazing", t.grazing);
    lua_pushinteger(L, (lua_Integer)t.darkest + 1);
    lua_setfield(L, -2, "darkest");
    return 1;
}

/* system:at_resolution(cells): the same system on another mesh */
static int at_resolution(lua_State *L) {
    const system_object *self = check_system(L, 1);
    const size_t resolution = totlua_check_size(L, 2);
    tot_error error = {{0}};
    system_object *other = lua_newuserdatauv(L, sizeof *other, 1);
    other->parameters = self->parameters;
    other->parameters.resolution = resolution;
    other->built = NULL;
    luaL_setmetatable(L, CLASS);
    lua_getiuservalue(L, 1, 1); /* the spots, which both now hold */
    lua_setiuservalue(L, -2, 1);
    const tot_status status = tot_binary_check(&other->parameters, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

static const luaL_Reg methods[] = {{"light_curve", light_curve},
                                   {"light_contributions", light_contributions},
                                   {"totality", totality},
                                   {"at_resolution", at_resolution},
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
