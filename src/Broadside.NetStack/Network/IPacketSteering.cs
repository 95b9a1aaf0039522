namespace Broadside.NetStack.Network;

/// <summary>Where several stacks share addresses and this one has the device: hands on what is for another.</summary>
internal interface IPacketSteering
{
    /// <summary>Takes a packet for another stack, though that may have no room for it; false if it is for this one.</summary>
    bool TryForward(scoped in IncomingPacket packet);

    /// <inheritdoc cref="TryForward(in IncomingPacket)"/>
    bool TryForward(in DeliveryError error);
}
