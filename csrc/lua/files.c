/* Light curves in files. */
#include "lua/binding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/asas_archive.h"
#include "io/file_content.h"
#include "io/fits_light_curve.h"
#include "io/json_light_curve.h"
#include "io/text_table.h"
#include "io/votable.h"

#define FILE_CLASS "totality.File"
#define CURVE_CLASS "totality.FileCurve" /* frees what a reader made, also when Lua raises */

/* The content of a file; its user value is the path. */
typedef struct file {
    const char *path;
    tot_file_content content;
    char *names; /* of the columns, on their way to Lua */
} file;

static int release_file(lua_State *L) {
    file *self = luaL_checkudata(L, 1, FILE_CLASS);
    tot_file_free(&self->content);
    free(self->names);
    self->names = NULL;
    return 0;
}

static int release_curve(lua_State *L) {
    tot_light_curve_free(luaL_checkudata(L, 1, CURVE_CLASS));
    return 0;
}

/* The open file that is argument `index`. */
static file *check_file(lua_State *L, int index) {
    file *self = luaL_checkudata(L, index, FILE_CLASS);
    luaL_argcheck(L, self->content.bytes != NULL, index, "the file is closed");
    return self;
}

/* load_file(path): totality.File, to be closed; or nil, message */
static int load_file(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    file *self = lua_newuserdatauv(L, sizeof *self, 1);
    *self = (file){.path = path};
    luaL_setmetatable(L, FILE_CLASS);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    tot_error error;
    const tot_status status = tot_file_load(path, &self->content, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

/* file:head(size): its first bytes */
static int head(lua_State *L) {
    const file *self = check_file(L, 1);
    const size_t size = totlua_check_size(L, 2);
    lua_pushlstring(L, self->content.bytes, size < self->content.size ? size : self->content.size);
    return 1;
}

/* ---- requests ---- */

/* The field `name` of the table at index 2: a string, an integer or nil. */
static tot_column column_field(lua_State *L, const char *name) {
    tot_column column = {NULL, 0};
    lua_getfield(L, 2, name);
    if (lua_isinteger(L, -1))
        column.number = totlua_check_size(L, -1);
    else
        column.name = luaL_optstring(L, -1, NULL); /* the table keeps it */
    lua_pop(L, 1);
    return column;
}

static int option_field(lua_State *L, const char *name, const char *const *options) {
    lua_getfield(L, 2, name);
    const int option = luaL_checkoption(L, lua_gettop(L), options[0], options);
    lua_pop(L, 1);
    return option;
}

/* A list of strings in the table at index 2; what is pushed holds the array. */
static const char *const *list_field(lua_State *L, const char *name, size_t *count) {
    lua_getfield(L, 2, name);
    *count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
    const char **list = lua_newuserdatauv(L, (*count + 1) * sizeof *list, 0);
    for (size_t k = 0; k < *count; k++) {
        lua_rawgeti(L, -2, (lua_Integer)k + 1);
        list[k] = luaL_checkstring(L, -1);
        lua_pop(L, 1);
    }
    return list;
}

static const char *const axes[] = {"guess", "time", "phase", NULL}; /* as tot_axis */
static const char *const quantities[] = {"guess", "flux", "magnitude", "relative_flux",
                                         NULL}; /* as tot_quantity */

static tot_table_request table_request(lua_State *L) {
    luaL_checktype(L, 2, LUA_TTABLE);
    tot_table_request request = {
        .axis = (tot_axis)option_field(L, "axis", axes),
        .quantity = (tot_quantity)option_field(L, "quantity", quantities),
        .x = column_field(L, "x"),
        .value = column_field(L, "value"),
        .error = column_field(L, "error"),
        .segment = column_field(L, "segment"),
        .band = column_field(L, "band"),
        .flag = column_field(L, "flag"),
        .ra = column_field(L, "ra"),
        .dec = column_field(L, "dec"),
        .wanted_band = column_field(L, "wanted_band").name,
    };
    request.good_flags = list_field(L, "good_flags", &request.good_flag_count);
    return request;
}

/* ---- results ---- */

static tot_light_curve *new_curve(lua_State *L) {
    tot_light_curve *curve = lua_newuserdatauv(L, sizeof *curve, 0);
    tot_light_curve_begin(curve);
    luaL_setmetatable(L, CURVE_CLASS);
    return curve;
}

static void set_series(lua_State *L, const char *name, const double *data, size_t count) {
    totlua_series *series = totlua_new_series(L, count);
    memcpy(series->data, data, count * sizeof *data);
    lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double value) {
    if (isnan(value))
        return;
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

static void set_string(lua_State *L, const char *name, const char *value) {
    if (*value == '\0')
        return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

/* Pushes a curve that has points as a table, and frees it. */
static void push_curve(lua_State *L, tot_light_curve *curve) {
    lua_createtable(L, 0, 16);
    set_series(L, "x", curve->x, curve->count);
    set_series(L, "value", curve->value, curve->count);
    if (curve->has_error)
        set_series(L, "error", curve->error, curve->count);
    if (curve->has_segment)
        set_series(L, "segment", curve->segment, curve->count);
    set_string(L, "axis", axes[curve->axis]);
    set_string(L, "quantity", quantities[curve->quantity]);
    lua_pushinteger(L, (lua_Integer)curve->skipped);
    lua_setfield(L, -2, "skipped");
    lua_pushinteger(L, (lua_Integer)curve->other_bands);
    lua_setfield(L, -2, "other_bands");
    set_number(L, "ra", curve->ra);
    set_number(L, "dec", curve->dec);
    set_string(L, "x_name", curve->x_name);
    set_string(L, "band", curve->band_name);
    tot_light_curve_free(curve); /* now, not when the collector gets to it */
}

/* ---- readers ---- */

/* read_text_table(file, request): a table { x, value, error, segment, axis, quantity, skipped,
 * other_bands, ra, dec, x_name, band }; or nil, message. request: { axis, quantity, x, value,
 * error, segment, band, flag, ra, dec: columns by name or number, wanted_band, good_flags } */
static int read_text_table(lua_State *L) {
    const file *self = check_file(L, 1);
    const tot_table_request request = table_request(L);
    tot_light_curve *curve = new_curve(L);
    tot_error error;
    const tot_status status = tot_text_table_read(self->path, self->content.bytes,
                                                  self->content.size, &request, curve, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_curve(L, curve);
    return 1;
}

/* read_json(file, request): as read_text_table */
static int read_json(lua_State *L) {
    const file *self = check_file(L, 1);
    const tot_table_request request = table_request(L);
    tot_light_curve *curve = new_curve(L);
    tot_error error;
    const tot_status status = tot_json_light_curve_read(
        self->path, self->content.bytes, self->content.size, &request, curve, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_curve(L, curve);
    return 1;
}

/* read_votable(file, request): as read_text_table, and time_origin, time_scale, time_reference */
static int read_votable(lua_State *L) {
    const file *self = check_file(L, 1);
    const tot_table_request request = table_request(L);
    tot_light_curve *curve = new_curve(L);
    tot_votable_time time;
    tot_error error;
    const tot_status status = tot_votable_read(self->path, self->content.bytes, self->content.size,
                                               &request, curve, &time, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_curve(L, curve);
    set_number(L, "time_origin", time.origin);
    set_string(L, "time_scale", time.scale);
    set_string(L, "time_reference", time.reference);
    return 1;
}

/* read_asas_archive(file): as read_text_table */
static int read_asas_archive(lua_State *L) {
    const file *self = check_file(L, 1);
    tot_light_curve *curve = new_curve(L);
    tot_error error;
    const tot_status status =
        tot_asas_archive_read(self->path, self->content.bytes, self->content.size, curve, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_curve(L, curve);
    return 1;
}

/* read_fits(file, { time, flux, error, quality: lists of names }): as read_text_table, and
 * reference, scale, object, flux_name */
static int read_fits(lua_State *L) {
    const file *self = check_file(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    tot_fits_request request;
    tot_fits_about about;
    size_t errors;
    request.time = list_field(L, "time", &request.time_count);
    request.flux = list_field(L, "flux", &request.flux_count);
    request.error = list_field(L, "error", &errors);
    request.quality = list_field(L, "quality", &request.quality_count);
    luaL_argcheck(L, request.time_count > 0 && request.flux_count > 0, 2, "no column is asked for");
    luaL_argcheck(L, errors == request.flux_count, 2, "as many errors as fluxes are needed");
    tot_light_curve *curve = new_curve(L);
    tot_error error;
    const tot_status status = tot_fits_light_curve_read(
        self->path, self->content.bytes, self->content.size, &request, curve, &about, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_curve(L, curve);
    set_number(L, "reference", about.reference);
    set_string(L, "scale", about.scale);
    set_string(L, "object", about.object);
    set_string(L, "flux_name", about.flux_name);
    return 1;
}

/* ---- names of columns ---- */

static int push_names(lua_State *L, file *self, tot_status status, const tot_error *error) {
    if (status != TOT_OK)
        return totlua_failure(L, status, error);
    lua_pushstring(L, self->names == NULL ? "" : self->names);
    free(self->names);
    self->names = NULL;
    return 1;
}

/* text_table_names(file): the names in the header, one a line ("" without one); or nil, message */
static int text_table_names(lua_State *L) {
    file *self = check_file(L, 1);
    tot_error error;
    const tot_status status = tot_text_table_names(self->path, self->content.bytes,
                                                   self->content.size, &self->names, &error);
    return push_names(L, self, status, &error);
}

/* votable_names(file): as text_table_names */
static int votable_names(lua_State *L) {
    file *self = check_file(L, 1);
    tot_error error;
    const tot_status status = tot_votable_names(self->path, self->content.bytes, self->content.size,
                                                &self->names, &error);
    return push_names(L, self, status, &error);
}

static const luaL_Reg file_methods[] = {{"head", head}, {NULL, NULL}};
static const luaL_Reg file_metamethods[] = {
    {"__gc", release_file}, {"__close", release_file}, {NULL, NULL}};
static const luaL_Reg curve_methods[] = {{NULL, NULL}};
static const luaL_Reg curve_metamethods[] = {{"__gc", release_curve}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"load_file", load_file},
    {"read_text_table", read_text_table},
    {"read_json", read_json},
    {"read_votable", read_votable},
    {"read_asas_archive", read_asas_archive},
    {"read_fits", read_fits},
    {"text_table_names", text_table_names},
    {"votable_names", votable_names},
    {NULL, NULL},
};

void totlua_open_files(lua_State *L) {
    totlua_new_class(L, FILE_CLASS, file_methods, file_metamethods);
    totlua_new_class(L, CURVE_CLASS, curve_methods, curve_metamethods);
    luaL_setfuncs(L, functions, 0);
}
