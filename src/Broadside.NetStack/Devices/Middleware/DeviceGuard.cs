namespace Broadside.NetStack.Devices;

/// <summary>
/// Keeps a device's failure from those in whose midst it comes: frames go nowhere from then on and none come, until its owner looks at
/// <see cref="Failure"/>. And it may be woken even while it is being closed.
/// </summary>
internal sealed class DeviceGuard(PacketDevice inner) : PacketMiddleware(inner)
{
    private readonly Lock _lock = new();
    private bool _isDisposed;

    /// <summary>Why the device is gone; null while it is there.</summary>
    public DeviceFailedException? Failure { get; private set; }

    public override bool IsUp => Failure is null && Inner.IsUp;

    public override long NextDue => Failure is null ? Inner.NextDue : long.MaxValue;

    public override long Completed => Failure is null ? Inner.Completed : Inner.Transmitted;

    public override int Receive(Span<ReceivedFrame> burst)
    {
        try
        {
            return Failure is null ? Inner.Receive(burst) : 0;
        }
        catch (DeviceFailedException failure)
        {
            Failure = failure;
            return 0;
        }
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        try
        {
            return Failure is not null || Inner.TryTransmit(frame);
        }
        catch (DeviceFailedException failure)
        {
            Failure = failure;
            return true;
        }
    }

    public override void Flush()
    {
        try
        {
            if (Failure is null)
            {
                Inner.Flush();
            }
        }
        catch (DeviceFailedException failure)
        {
            Failure = failure;
        }
    }

    public override void Wait(TimeSpan timeout, bool forRoom)
    {
        try
        {
            if (Failure is null)
            {
                Inner.Wait(timeout, forRoom);
            }
        }
        catch (DeviceFailedException failure)
        {
            Failure = failure;
        }
    }

    public override void Wake()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                Inner.Wake();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        base.Dispose(disposing);
    }
}
