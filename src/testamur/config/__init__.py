"""How is it wired? One typed reader of the environment, Django settings, tables of packs and methods."""
