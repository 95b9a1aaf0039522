using Broadside.NetStack.Simulation;

return CommandLine.Run(args, Console.Out, Console.Error);
