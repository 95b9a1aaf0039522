using System.Diagnostics;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What tests do with any device.</summary>
internal static class DeviceExtensions
{
    // Far beyond what anything here takes: only a failure waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public delegate bool FrameFilter(in ReceivedFrame frame);

    public static void Send(this PacketDevice device, ReadOnlySpan<byte> headers, params ReadOnlySpan<Extent> payload)
    {
        var length = 0;
        foreach (var extent in payload)
        {
            length += extent.Length;
        }

        device.Send(new OutgoingFrame { Headers = headers, Payload = payload, PayloadLength = length });
    }

    public static void Send(this PacketDevice device, in OutgoingFrame frame)
    {
        device.Take(frame);
        device.FlushAll();
    }

    /// <summary>Has the device take a frame, waiting for room.</summary>
    public static void Take(this PacketDevice device, in OutgoingFrame frame)
    {
        var started = Stopwatch.GetTimestamp();
        while (!device.TryTransmit(frame))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "There has been no room for long.");
            device.Flush();
            device.Wait(TimeSpan.FromMilliseconds(100), forRoom: true);
        }
    }

    /// <summary>Flushes until all has gone out.</summary>
    public static void FlushAll(this PacketDevice device)
    {
        var started = Stopwatch.GetTimestamp();
        for (device.Flush(); device.Completed < device.Transmitted; device.Flush())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "What was taken does not go out.");
            device.Wait(TimeSpan.FromMilliseconds(1), forRoom: true);
        }
    }

    /// <summary>Receives until a frame is the one that is waited for, and passes over others.</summary>
    public static byte[] ReceiveOnly(this PacketDevice device, FrameFilter filter)
    {
        byte[]? found = null;
        device.ReceiveUntil((in ReceivedFrame frame) =>
        {
            found ??= filter(frame) ? frame.Bytes.ToArray() : null;
            return found is not null;
        });
        return found!;
    }

    /// <summary>Receives until a frame is the last.</summary>
    public static void ReceiveUntil(this PacketDevice device, FrameFilter isLast)
    {
        var burst = new ReceivedFrame[64];
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var count = device.Receive(burst);
            for (var index = 0; index < count; index++)
            {
                if (isLast(burst[index]))
                {
                    return;
                }
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "What is waited for has not come.");
            if (count == 0)
            {
                device.Wait(TimeSpan.FromMilliseconds(100), forRoom: false);
            }
        }
    }

    /// <summary>Waits for news of the link.</summary>
    public static void WaitForLink(this PacketDevice device, bool isUp) => device.WaitUntil(() => device.IsUp == isUp);

    public static void WaitUntil(this PacketDevice device, Func<bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            device.Wait(TimeSpan.FromMilliseconds(100), forRoom: false);
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "What is waited for has not happened.");
        }
    }
}
