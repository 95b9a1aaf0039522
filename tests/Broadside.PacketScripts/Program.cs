using Broadside.PacketScripts;
using Broadside.PacketScripts.Shim;

return CommandLine.Run(args, Console.Out, Console.Error, StackUnderTest.Create);
