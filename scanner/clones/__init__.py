"""The live code of a repository, indexed so that what is written again can be found."""
