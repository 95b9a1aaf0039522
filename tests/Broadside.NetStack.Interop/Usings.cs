global using System.Net;
global using System.Net.Sockets;
global using Broadside.Channels;
global using Broadside.NetStack.Tests.Devices;

// They share two processors with the kernel's end, and the machine's patience.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
