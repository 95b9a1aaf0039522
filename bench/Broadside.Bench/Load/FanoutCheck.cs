using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Broadside.Bench.Load;

/// <summary>Checks that a contender does the work: every subscriber gets every message, whole, in order, once.</summary>
internal static unsafe class FanoutCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Publishes messages that all differ and compares every byte received with what it must be.</summary>
    /// <exception cref="InvalidDataException">They are not the same.</exception>
    public static void Run(IWireProtocol protocol, int port, int receivers, int size)
    {
        var payloads = Enumerable.Range(0, size > 4096 ? 2 : 32).Select(number => Payload(number, size)).ToArray();
        byte[] expected = [.. payloads.SelectMany(payload => protocol.Delivery(payload))];
        using var subscribers = new Subscribers(protocol, port, receivers);
        using var publisher = Handshake.Connect(port);
        protocol.Introduce(publisher);
        publisher.Send([.. payloads.SelectMany(payload => protocol.Publication(payload))]);
        Receive(subscribers, expected);
    }

    /// <summary>Receives, and compares all that comes with what must come.</summary>
    /// <exception cref="InvalidDataException">It is not the same, or not all of it.</exception>
    public static void Receive(Subscribers subscribers, byte[] expected)
    {
        var lengths = new int[subscribers.Count];
        using var epoll = new Epoll();
        for (var index = 0; index < lengths.Length; index++)
        {
            epoll.Watch(subscribers.Descriptors[index], index);
        }

        var started = Stopwatch.GetTimestamp();
        while (lengths.Any(length => length < expected.Length))
        {
            var ready = epoll.Wait(10);
            for (var position = 0; position < ready; position++)
            {
                var index = epoll.Index(position);
                Compare(subscribers.Descriptors[index], index, expected, ref lengths[index]);
            }

            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new InvalidDataException(
                    $"{lengths.Count(length => length < expected.Length)} of {lengths.Length} subscribers did not get everything within {Patience.TotalSeconds} s.");
            }
        }

        // What comes twice comes soon after.
        if (epoll.Wait(50) > 0)
        {
            throw new InvalidDataException("A subscriber got more than was published.");
        }
    }

    private static byte[] Payload(int number, int size)
    {
        var payload = new byte[size];
        var text = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + ".");
        for (var index = 0; index < size; index++)
        {
            payload[index] = text[index % text.Length];
        }

        return payload;
    }

    private static void Compare(int socket, int subscriber, byte[] expected, ref int length)
    {
        var buffer = new byte[64 * 1024];
        fixed (byte* bytes = buffer)
        {
            for (nint received; (received = Native.Receive(socket, bytes, (nuint)buffer.Length, 0)) != -1; length += (int)received)
            {
                if (received == 0)
                {
                    throw new InvalidDataException($"The server closed subscriber {subscriber}.");
                }

                if (received > expected.Length - length || !buffer.AsSpan(0, (int)received).SequenceEqual(expected.AsSpan(length, (int)received)))
                {
                    throw new InvalidDataException($"Subscriber {subscriber} got other bytes than were published, after {length:N0} of {expected.Length:N0}.");
                }
            }
        }
    }
}
