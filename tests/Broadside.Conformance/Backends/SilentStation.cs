using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;

namespace Broadside.Conformance.Backends;

/// <summary>A host with a network layer and no transports but one that takes every segment of TCP and answers none.</summary>
internal sealed class SilentStation : IDisposable
{
    private readonly PacketDevice _device;
    private readonly NetworkLayer _network;
    private readonly Thread _thread;
    private volatile bool _isOver;

    public SilentStation(PacketDevice device, NetworkOptions options)
    {
        _device = device;
        _network = new NetworkLayer(device, options);
        _network.Register(Broadside.NetStack.Wire.InternetProtocol.Tcp, new Silence());
        _thread = new Thread(Run) { IsBackground = true, Name = "silent station" };
        _thread.Start();
    }

    public void Dispose()
    {
        _isOver = true;
        _device.Wake();
        _thread.Join();
        _device.Dispose();
    }

    private void Run()
    {
        var start = TimeProvider.System.GetTimestamp();
        var burst = new ReceivedFrame[16];
        while (!_isOver)
        {
            var now = TimeProvider.System.GetElapsedTime(start);
            var count = _device.Receive(burst);
            for (var index = 0; index < count; index++)
            {
                _network.Process(burst[index], now);
            }

            _network.OnTimer(now);
            _device.Flush();
            if (count == 0)
            {
                _device.Wait(TimeSpan.FromSeconds(1), forRoom: false);
            }
        }
    }

    private sealed class Silence : ITransport
    {
        public void Process(in IncomingPacket packet, TimeSpan now)
        {
        }

        public void ProcessError(in DeliveryError error, TimeSpan now)
        {
        }
    }
}
