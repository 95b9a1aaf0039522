using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// One queue of a network device, or of something like one: frames in and frames out, in bursts. Used by one thread, except
/// <see cref="Wake"/>. Middleware is a device over another.
/// </summary>
internal abstract class PacketDevice : IDisposable
{
    /// <summary>As users write it: <c>xdp:veth0</c>.</summary>
    public abstract string Name { get; }

    public abstract LinkLayer LinkLayer { get; }

    /// <summary>The address frames are sent from; of no meaning without Ethernet.</summary>
    public abstract MacAddress MacAddress { get; }

    /// <summary>The longest IP packet, in bytes.</summary>
    public abstract int MaximumTransmissionUnit { get; }

    /// <summary>The longest frame that the device cuts into TCP segments itself, headers included; zero if it cuts none.</summary>
    public virtual int MaximumSegmentedLength => 0;

    /// <summary>Whether the link is up. While it is down nothing is received and what is sent is lost.</summary>
    public abstract bool IsUp { get; }

    /// <summary>When the device itself has something to do next, on the clock it was made with; <see cref="long.MaxValue"/> if never.</summary>
    public virtual long NextDue => long.MaxValue;

    /// <summary>
    /// How many frames have been taken for sending since the start, and of these, in order, of how many the payload is no longer
    /// referred to. Devices that copy leave them equal.
    /// </summary>
    public virtual long Transmitted => 0;

    /// <inheritdoc cref="Transmitted"/>
    public virtual long Completed => Transmitted;

    /// <summary>Takes frames that have arrived, without waiting. Those of the call before are the device's again.</summary>
    /// <returns>How many; zero if there are none.</returns>
    /// <exception cref="DeviceFailedException">The device is gone.</exception>
    public abstract int Receive(Span<ReceivedFrame> burst);

    /// <summary>Takes a frame for sending, which may begin at once or with <see cref="Flush"/>.</summary>
    /// <returns>False if there is no room now. A frame the link cannot carry is dropped and counted, and true is returned.</returns>
    /// <exception cref="DeviceFailedException">The device is gone.</exception>
    public abstract bool TryTransmit(in OutgoingFrame frame);

    /// <summary>Has all frames taken go out: once for a burst.</summary>
    public abstract void Flush();

    /// <summary>Sleeps until a frame arrives, <see cref="Wake"/> is called, there is room to send if that is waited for, or the time is up.</summary>
    public abstract void Wait(TimeSpan timeout, bool forRoom);

    /// <summary>Ends a <see cref="Wait"/>, or the next one if none is under way. From any thread.</summary>
    public abstract void Wake();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
