/* Surveys as the bindings share them. */
#ifndef TOT_LUA_SURVEY_H
#define TOT_LUA_SURVEY_H

#include <lua.h>

#include "curve/survey.h"

/* The survey at `index`, made by core.survey. It lives as long as the object does. */
const tot_survey *totlua_check_survey(lua_State *L, int index);

#endif
