using System.Globalization;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Peer;

/// <summary>
/// Takes the free end of a wire and does as it is told: <c>PATH idle</c> until a line comes in, <c>PATH send|receive COUNT</c> of
/// numbered packets, <c>PATH echo|flood</c> until it is killed. It says its role, and at last <c>done</c>.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        try
        {
            using var device = new SharedMemoryDevice(arguments[0]);
            Console.WriteLine(device.Role);
            var count = arguments.Length > 2 ? long.Parse(arguments[2], CultureInfo.InvariantCulture) : long.MaxValue;
            Run(new PacketSequence(device), arguments[1], count);
            Console.WriteLine("done");
            Console.ReadLine();
            return 0;
        }
        catch (Exception failure) when (failure is DeviceFailedException or InvalidDataException)
        {
            Console.WriteLine(failure.Message);
            return 1;
        }
    }

    private static void Run(PacketSequence sequence, string what, long count)
    {
        switch (what)
        {
            case "send" or "flood":
                sequence.Send(count);
                break;
            case "receive":
                sequence.Receive(count);
                break;
            case "echo":
                sequence.Echo();
                break;
        }
    }
}
