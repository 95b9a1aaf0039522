using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>A channel's place in its group: the packets between it and the keeper, and the flows and ports it has.</summary>
internal sealed class SteeringMember : IFlowOwnership
{
    /// <summary>The longest packet, and whatever its link puts before it.</summary>
    public const int LongestFrame = IPv6Packet.HeaderLength + ushort.MaxValue + EthernetFrame.HeaderLength;

    private const int RingCapacity = 2 << 20;

    private Action _wake = static () => { };
    private volatile bool _isOpen;
    private volatile bool _awaitsRoom;

    public SteeringMember(SteeringGroup group, int number)
    {
        Group = group;
        Number = number;
        Doorbell = new Doorbell(() => _wake());
    }

    public SteeringGroup Group { get; }

    /// <summary>Which of the group's channels it is; the first keeps the device.</summary>
    public int Number { get; }

    public bool IsKeeper => Number == 0;

    /// <summary>Wakes the channel's thread.</summary>
    public Doorbell Doorbell { get; }

    /// <summary>Whether there is somebody to take packets.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Packets that the keeper received for this channel.</summary>
    public PacketRing? Inbox { get; private set; }

    /// <summary>Frames to be sent, with room for the link's header before them.</summary>
    public PacketRing? Outbox { get; private set; }

    /// <summary>Whether the channel sleeps until there is room in <see cref="Outbox"/>.</summary>
    public bool AwaitsRoom
    {
        get => _awaitsRoom;
        set => _awaitsRoom = value;
    }

    private FlowSteering Steering => Group.Steering;

    /// <summary>Opens the channel's device.</summary>
    /// <param name="arena">Where the keeper copies what it sends for others, if that is to be cut into segments.</param>
    /// <exception cref="DeviceFailedException">Something is missing, or the device has been closed.</exception>
    public PacketDevice OpenDevice(Arena arena) => Group.Open(this, arena);

    /// <summary>Says how the channel's thread is woken.</summary>
    public void UseWake(Action wake) => _wake = wake;

    public void Open()
    {
        Inbox = new PacketRing(RingCapacity);
        Outbox = new PacketRing(RingCapacity);
        _isOpen = true;
    }

    public void Close() => _isOpen = false;

    public bool IsHome(in Flow flow) => Steering.Home(flow) == Number;

    // A SYN to a port that others listen on would be theirs.
    public bool IsUsable(in Flow flow) =>
        (!Steering.HasFlows(Number) || IsHome(flow)) && !IsBound(InternetProtocol.Tcp, flow.LocalPort);

    public bool TryClaim(in Flow flow) => IsHome(flow) || Steering.Exceptions.TryAdd(flow, Number);

    public void Release(in Flow flow) => Steering.Exceptions.Remove(flow, Number);

    public void Bind(InternetProtocol protocol, NetworkAddress address, ushort port) =>
        Steering.Bindings.Add(protocol, address, port, Number);

    public void Unbind(InternetProtocol protocol, NetworkAddress address, ushort port) =>
        Steering.Bindings.Remove(protocol, address, port, Number);

    public bool IsBound(InternetProtocol protocol, ushort port) => Steering.Bindings.IsBound(protocol, port);
}
