std = "lua54"
max_line_length = 118
files["tests/lua"] = { std = "+busted", max_line_length = false }
exclude_files = { "build", "demo", "lua/totality/models" }
