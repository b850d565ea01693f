/* totality.Series: a vector of doubles with 1-based access. */
#include "lua/binding.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define CLASS "totality.Series"

totlua_series *totlua_new_series(lua_State *L, size_t count) {
    if (count > (SIZE_MAX - sizeof(totlua_series)) / sizeof(double))
        luaL_error(L, "not enough memory");
    totlua_series *self = lua_newuserdatauv(L, sizeof(totlua_series) + count * sizeof(double), 0);
    self->count = count;
    memset(self->data, 0, count * sizeof(double));
    luaL_setmetatable(L, CLASS);
    return self;
}

totlua_series *totlua_check_series(lua_State *L, int index) {
    return luaL_checkudata(L, index, CLASS);
}

totlua_series *totlua_optional_series(lua_State *L, int index) {
    return lua_isnoneornil(L, index) ? NULL : totlua_check_series(L, index);
}

/* series(count) of zeros, or series(list) */
static int create(lua_State *L) {
    if (lua_isinteger(L, 1)) {
        totlua_new_series(L, totlua_check_size(L, 1));
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    const size_t count = lua_rawlen(L, 1);
    totlua_series *self = totlua_new_series(L, count);
    for (size_t k = 0; k < count; k++) {
        if (lua_rawgeti(L, 1, (lua_Integer)k + 1) != LUA_TNUMBER)
            return luaL_error(L, "series: element %I is %s, a number was expected",
                              (lua_Integer)k + 1, luaL_typename(L, -1));
        self->data[k] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    return 1;
}

/* concatenate({ series, ... }): one after the other */
static int concatenate(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    const lua_Integer parts = (lua_Integer)lua_rawlen(L, 1);
    size_t count = 0;
    for (lua_Integer k = 1; k <= parts; k++) {
        lua_rawgeti(L, 1, k);
        count += totlua_check_series(L, -1)->count; /* all are in memory: no overflow */
        lua_pop(L, 1);
    }
    totlua_series *joined = totlua_new_series(L, count);
    size_t at = 0;
    for (lua_Integer k = 1; k <= parts; k++) {
        lua_rawgeti(L, 1, k);
        const totlua_series *part = totlua_check_series(L, -1);
        memcpy(joined->data + at, part->data, part->count * sizeof(double));
        at += part->count;
        lua_pop(L, 1);
    }
    return 1;
}

static int get(lua_State *L) {
    const totlua_series *self = totlua_check_series(L, 1);
    lua_pushnumber(L, self->data[totlua_check_place(L, self->count, "series")]);
    return 1;
}

static int set(lua_State *L) {
    totlua_series *self = totlua_check_series(L, 1);
    self->data[totlua_check_place(L, self->count, "series")] = luaL_checknumber(L, 3);
    return 0;
}

static int length(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)totlua_check_series(L, 1)->count);
    return 1;
}

static int to_table(lua_State *L) {
    const totlua_series *self = totlua_check_series(L, 1);
    lua_createtable(L, self->count > INT32_MAX ? 0 : (int)self->count, 0);
    for (size_t k = 0; k < self->count; k++) {
        lua_pushnumber(L, self->data[k]);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
    return 1;
}

/* The extremes, ignoring NaN; NaN when there is no number. */
static void range(const totlua_series *self, double *minimum, double *maximum) {
    *minimum = *maximum = NAN;
    for (size_t k = 0; k < self->count; k++) {
        const double x = self->data[k];
        if (isnan(x))
            continue;
        if (!(x >= *minimum))
            *minimum = x;
        if (!(x <= *maximum))
            *maximum = x;
    }
}

static int min_max(lua_State *L) {
    double minimum, maximum;
    range(totlua_check_series(L, 1), &minimum, &maximum);
    lua_pushnumber(L, minimum);
    lua_pushnumber(L, maximum);
    return 2;
}

static int to_string(lua_State *L) {
    const totlua_series *self = totlua_check_series(L, 1);
    double minimum, maximum;
    range(self, &minimum, &maximum);
    lua_pushfstring(L, "%s(%I values, %f to %f)", CLASS, (lua_Integer)self->count, minimum,
                    maximum);
    return 1;
}

static const luaL_Reg methods[] = {{"to_table", to_table}, {"min_max", min_max}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__newindex", set}, {"__len", length}, {"__tostring", to_string}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"series", create}, {"concatenate", concatenate}, {NULL, NULL}};

void totlua_open_series(lua_State *L) {
    totlua_new_indexed_class(L, CLASS, methods, metamethods, get);
    luaL_setfuncs(L, functions, 0);
}
