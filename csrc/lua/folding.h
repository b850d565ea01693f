/* What the files of the binding share that fold curves. */
#ifndef TOT_LUA_FOLDING_H
#define TOT_LUA_FOLDING_H

#include <lua.h>

#include "curve/observed.h"

/* Pushes a table: period, period_error, epoch, drift, smear, improvement, baseline. */
void totlua_push_folding(lua_State *L, const tot_folding *folding);

#endif
