global using Broadside.Memory;
