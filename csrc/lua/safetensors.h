/* Lua tables as what a safetensors file is made of. */
#ifndef TOT_LUA_SAFETENSORS_H
#define TOT_LUA_SAFETENSORS_H

#include "io/safetensors.h"
#include "lua/binding.h"

/* The table of strings at `index`, in the order of its keys, so that equal tables give equal files.
 * The result, whose strings are the table's, is pushed as a userdata. */
const tot_safetensors_entry *totlua_check_entries(lua_State *L, int index, size_t *count);

/* The table of Tensors by name at `index` (nil counts as empty), likewise. */
const tot_safetensor *totlua_check_tensors(lua_State *L, int index, size_t *count);

#endif
