using Broadside.NetStack.Network;
using Broadside.NetStack.Timing;

namespace Broadside.NetStack.Tcp;

/// <summary>What segments of one flow are for: a connection, one still half open, or one in TIME-WAIT. Has one timer for all its deadlines.</summary>
internal abstract class TcpEndpoint : WheelTimer
{
    /// <summary>Of which two addresses and ports.</summary>
    public Flow Flow { get; protected set; }

    /// <summary>Whether it waits in the list of those with something to say that carries no data.</summary>
    public bool IsInControlList { get; set; }

    /// <summary>Whether it is over and may be used again once no list names it.</summary>
    public bool IsForgotten { get; set; }

    public abstract void Process(in TcpArrival arrival, TimeSpan now);

    /// <summary>Word of a segment sent before, which is believed only if it names bytes in flight (RFC 5927 section 4.1).</summary>
    public abstract void ProcessError(in DeliveryError error, TimeSpan now);

    /// <summary>Sends what it had itself put into the control list for; false if the device has no room.</summary>
    public abstract bool TryEmitControl(TimeSpan now);
}
