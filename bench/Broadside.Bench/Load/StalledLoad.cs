using System.Diagnostics;
using System.Globalization;

namespace Broadside.Bench.Load;

/// <summary>Subscribers that read nothing until they are told to.</summary>
internal static class StalledLoad
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    /// <summary>Says <c>ready</c>, then answers each line: <c>publish SIZE</c>, <c>verify</c> what was published, or <c>drain</c>.</summary>
    public static async Task RunAsync(IWireProtocol protocol, int port, int receivers, int receiveBuffer)
    {
        using var subscribers = new Subscribers(protocol, port, receivers, receiveBuffer);
        var expected = new List<byte>();
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(line.Split(' ') switch
            {
                ["publish", var size] => Publish(protocol, port, Message(size), expected),
                ["verify"] => Verify(subscribers, expected),
                _ => Drain(subscribers).ToString(CultureInfo.InvariantCulture),
            });
        }
    }

    private static string Publish(IWireProtocol protocol, int port, byte[] message, List<byte> expected)
    {
        var publisher = Handshake.Connect(port);
        protocol.Introduce(publisher);
        publisher.Send(protocol.Publication(message));
        expected.AddRange(protocol.Delivery(message));
        return "published";
    }

    private static string Verify(Subscribers subscribers, List<byte> expected)
    {
        FanoutCheck.Receive(subscribers, [.. expected]);
        return "verified";
    }

    /// <returns>How many bytes came before it was quiet.</returns>
    private static long Drain(Subscribers subscribers)
    {
        long total = 0;
        for (var last = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(last) < Quiet;)
        {
            foreach (var descriptor in subscribers.Descriptors)
            {
                if (Native.Discard(descriptor) is var received and > 0)
                {
                    total += received;
                    last = Stopwatch.GetTimestamp();
                }
            }
        }

        return total;
    }

    private static byte[] Message(string size)
    {
        var message = new byte[int.Parse(size, CultureInfo.InvariantCulture)];
        new Random(1).NextBytes(message);
        return message;
    }
}
