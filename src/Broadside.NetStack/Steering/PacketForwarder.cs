namespace Broadside.NetStack.Steering;

/// <summary>Hands packets on from the channel that received them to those that own them.</summary>
/// <param name="channel">Whose forwarder it is.</param>
/// <param name="steering">Who owns what.</param>
/// <param name="inboxes">Every channel's inbox.</param>
internal sealed class PacketForwarder(int channel, FlowSteering steering, PacketInbox[] inboxes)
{
    private readonly bool[] _isToNotify = new bool[inboxes.Length];

    /// <summary>Hands a packet on if another channel owns its flow, though that may have no room for it; false if it is ours.</summary>
    public bool TryForward(in SteeredFlow flow, in SteeredPacket packet)
    {
        var owner = steering.Owner(flow);
        if (owner == channel)
        {
            return false;
        }

        _isToNotify[owner] |= inboxes[owner].TryPost(packet);
        return true;
    }

    /// <summary>Wakes those that were handed packets: once for a burst.</summary>
    public void Flush()
    {
        for (var owner = 0; owner < inboxes.Length; owner++)
        {
            if (_isToNotify[owner])
            {
                _isToNotify[owner] = false;
                inboxes[owner].Notify();
            }
        }
    }
}
