using Broadside.NetStack;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Tests.Devices;
using Broadside.Sockets;

namespace Broadside.Conformance.Backends;

/// <summary>The network stack at one end of a TUN interface, the kernel's sockets at the other: the kernel connects to the stack.</summary>
public class NetStackTunFixture : LinkedFixture
{
    private NetworkNamespace? _space;

    /// <summary>The channel that has a stack; the other one's is the kernel's.</summary>
    protected virtual int StackIndex => 0;

    public override bool ChannelsShareEndPoints => false;

    public override ValueTask StartAsync()
    {
        TunRequirement.Check();
        _space = NetworkNamespace.Create();
        _space.Ip("tuntap add bs0 mode tun");
        _space.Ip($"address add {AddressOf(1 - StackIndex)}/24 dev bs0");
        _space.Ip("link set bs0 txqueuelen 5000 up");
        return base.StartAsync();
    }

    protected override ChannelBackend CreateBackend() => new LinkedBackend(StackIndex, _space!);

    protected override void CleanUp() => _space?.Dispose();

    /// <summary>Makes one channel over the stack and the other over sockets in the namespace.</summary>
    private sealed class LinkedBackend(int stackIndex, NetworkNamespace space) : ChannelBackend
    {
        private readonly SocketsBackend _kernel = new();

        private readonly NetStackBackend _stack = new(
            index => new NetworkAttachment(() => space.Run(() => TunDevice.Open("bs0")), OptionsOf(index)));

        public override string Name => "linked";

        public override IoChannel CreateChannel(ChannelSettings settings)
        {
            if (settings.Index == stackIndex)
            {
                return _stack.CreateChannel(settings);
            }

            var channel = _kernel.CreateChannel(settings);
            channel.Post(new ActionWork(space.Enter));
            return channel;
        }

        protected override void Dispose(bool disposing)
        {
            _stack.Dispose();
            _kernel.Dispose();
        }
    }
}

/// <summary>The same link in the other direction: the stack connects to the kernel.</summary>
public sealed class NetStackTunConnectingFixture : NetStackTunFixture
{
    protected override int StackIndex => 1;
}
