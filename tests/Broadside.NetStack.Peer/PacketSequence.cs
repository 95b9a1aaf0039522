using System.Buffers.Binary;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Peer;

/// <summary>Packets whose length and contents follow from their number: a receiver knows whether one is missing or damaged.</summary>
internal sealed class PacketSequence(PacketDevice device)
{
    private const int MinimumLength = sizeof(long);
    private const int BurstLength = 32;

    private readonly ReceivedFrame[] _burst = new ReceivedFrame[BurstLength];
    private readonly byte[] _packet = new byte[device.MaximumTransmissionUnit];

    /// <summary>Waits for the other side and sends so many packets; while the link is down they do not count.</summary>
    public void Send(long count)
    {
        WaitUntilUp();
        for (var number = 0L; number < count; number++)
        {
            var packet = Write(_packet, number);
            while (!device.TryTransmit(new OutgoingFrame { Headers = packet }))
            {
                device.Wait(Timeout.InfiniteTimeSpan, forRoom: true);
            }

            if (number % BurstLength == BurstLength - 1)
            {
                device.Flush();
            }
        }

        device.Flush();
    }

    /// <summary>Receives so many packets and throws if they are not those sent, in order.</summary>
    public void Receive(long count)
    {
        for (var number = 0L; number < count;)
        {
            var received = ReceiveBurst();
            foreach (ref readonly var frame in _burst.AsSpan(0, received))
            {
                Check(frame.Bytes, number++);
            }
        }
    }

    /// <summary>Sends back what comes, for ever.</summary>
    public void Echo()
    {
        while (true)
        {
            var received = ReceiveBurst();
            foreach (ref readonly var frame in _burst.AsSpan(0, received))
            {
                while (!device.TryTransmit(new OutgoingFrame { Headers = frame.Bytes }))
                {
                    device.Wait(Timeout.InfiniteTimeSpan, forRoom: true);
                }
            }

            device.Flush();
        }
    }

    public void WaitUntilUp()
    {
        while (!device.IsUp)
        {
            device.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
        }
    }

    private static ReadOnlySpan<byte> Write(byte[] packet, long number)
    {
        var length = MinimumLength + (int)((ulong)number * 7919 % (ulong)(packet.Length - MinimumLength + 1));
        packet.AsSpan(MinimumLength, length - MinimumLength).Fill((byte)(number % 251));
        BinaryPrimitives.WriteInt64LittleEndian(packet, number);
        return packet.AsSpan(0, length);
    }

    private void Check(ReadOnlySpan<byte> packet, long number)
    {
        if (!packet.SequenceEqual(Write(_packet, number)))
        {
            var found = BinaryPrimitives.ReadInt64LittleEndian(packet);
            throw new InvalidDataException($"Not packet {number}, but {packet.Length} bytes that begin with {found}.");
        }
    }

    private int ReceiveBurst()
    {
        var count = device.Receive(_burst);
        while (count == 0)
        {
            device.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
            count = device.Receive(_burst);
        }

        return count;
    }
}
