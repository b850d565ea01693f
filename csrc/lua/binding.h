/* What the files of the binding share. Each file registers one kind of object.
 *
 * The binding is thin: it takes plain positional arguments that the Lua layer has checked, makes
 * the userdata that will own a result before it calls the core (an error raised by Lua can then
 * leak nothing), calls, and turns a status into an error or into nil, message. */
#ifndef TOT_LUA_BINDING_H
#define TOT_LUA_BINDING_H

#include <lua.h>
#include <lauxlib.h>

#include <stddef.h>

#include "base/rng.h"
#include "base/status.h"

/* Each adds its functions to the module table on top of the stack; listed in core.c. */
void totlua_open_bytes(lua_State *L);
void totlua_open_gather(lua_State *L);
void totlua_open_inference(lua_State *L);
void totlua_open_models(lua_State *L);
void totlua_open_network(lua_State *L);
void totlua_open_optimizer(lua_State *L);
void totlua_open_rng(lua_State *L);
void totlua_open_safetensors(lua_State *L);
void totlua_open_series(lua_State *L);
void totlua_open_tensor(lua_State *L);
void totlua_open_system(lua_State *L);
void totlua_open_system_views(lua_State *L);
void totlua_open_synthesis(lua_State *L);
void totlua_open_survey(lua_State *L);
void totlua_open_curve(lua_State *L);
void totlua_open_image(lua_State *L);
void totlua_open_files(lua_State *L);
void totlua_open_terminal(lua_State *L);

/* Makes a metatable `name` whose __index is the table of `methods`; `metamethods` may be NULL. */
void totlua_new_class(lua_State *L, const char *name, const luaL_Reg *methods,
                      const luaL_Reg *metamethods);

/* The same for objects that numbers index, too: object[k] is what get(object, k) gives. */
void totlua_new_indexed_class(lua_State *L, const char *name, const luaL_Reg *methods,
                              const luaL_Reg *metamethods, lua_CFunction get);

/* Argument 2 as a place, from 0, among the `count` elements of a `what`; an error out of range. */
size_t totlua_check_place(lua_State *L, size_t count, const char *what);

/* How a failed call ends: the outside world (TOT_ERROR_IO, TOT_ERROR_FORMAT) returns nil, message;
 * everything else raises. Use as `return totlua_failure(L, status, &error);`. */
int totlua_failure(lua_State *L, tot_status status, const tot_error *error);

/* Argument `index` as a size (an integer in [0, 2^53]), or an error that names it. */
size_t totlua_check_size(lua_State *L, int index);

/* table.name = value, of the table on top. */
void totlua_set_number(lua_State *L, const char *name, double value);

/* totality.Rng */
tot_rng *totlua_check_rng(lua_State *L, int index);

/* totality.Series: a vector of doubles. */
typedef struct totlua_series {
    size_t count;
    double data[];
} totlua_series;

totlua_series *totlua_new_series(lua_State *L, size_t count); /* zeroed, pushed */
totlua_series *totlua_check_series(lua_State *L, int index);
/* As check_series, but nil or none gives NULL. */
totlua_series *totlua_optional_series(lua_State *L, int index);

/* totality.Tensor: float32, row-major, 1 to 4 dimensions. */
enum { TOTLUA_MAX_RANK = 4 };
typedef struct totlua_tensor {
    size_t rank;
    size_t shape[TOTLUA_MAX_RANK];
    size_t count;
    float data[];
} totlua_tensor;

totlua_tensor *totlua_new_tensor(lua_State *L, size_t rank, const size_t *shape); /* zeroed */
totlua_tensor *totlua_check_tensor(lua_State *L, int index);

#endif
