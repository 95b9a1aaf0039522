using Broadside.NetStack;
using Broadside.NetStack.Tests.Devices;
using Broadside.Sockets;

namespace Broadside.Conformance.Backends;

/// <summary>The network stack at one end of a TUN interface, the kernel's sockets at the other: the kernel connects to the stack.</summary>
public class NetStackTunFixture : LinkedFixture
{
    private const string Interface = "bs0";

    private NetworkNamespace? _space;

    /// <summary>The channel that has a stack; the other one's is the kernel's.</summary>
    protected virtual int StackIndex => 0;

    public override bool ChannelsShareEndPoints => false;

    public override ValueTask StartAsync()
    {
        TunInterfaces.Require();
        _space = NetworkNamespace.Create();
        TunInterfaces.Add(_space, Interface, AddressOf(1 - StackIndex));
        return base.StartAsync();
    }

    protected override ChannelBackend CreateBackend() => new LinkedBackend(StackIndex, _space!);

    protected override void CleanUp() => _space?.Dispose();

    /// <summary>Makes one channel over the stack and the other over sockets in the namespace.</summary>
    private sealed class LinkedBackend(int stackIndex, NetworkNamespace space) : ChannelBackend
    {
        private readonly SocketsBackend _kernel = new();

        private readonly NetStackBackend _stack = new(
            index => new NetworkAttachment(() => TunInterfaces.Open(space, Interface), OptionsOf(index)));

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
