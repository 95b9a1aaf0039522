using Broadside.PacketScripts;

return CommandLine.Run(args, Console.Out, Console.Error, StackUnderTest.Create);
