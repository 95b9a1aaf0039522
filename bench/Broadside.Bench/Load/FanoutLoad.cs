using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Load;

/// <summary>One thread that publishes as fast as its window allows and throws away what its subscribers receive.</summary>
/// <remarks>
/// The window holds every contender to the same undelivered fan-out. Publications are pipelined in batches: the publisher must not be
/// what is measured.
/// </remarks>
internal sealed unsafe class FanoutLoad : IDisposable
{
    private const long Window = 64L << 20;
    private const int MaximumBatch = 16;

    private readonly Subscribers _subscribers;
    private readonly Socket _publisher;
    private readonly Epoll _epoll = new();
    private readonly byte[] _batch;
    private readonly int _batchMessages;
    private readonly long _fanout;
    private int _offset;
    private long _published;
    private long _received;
    private double _idle;

    public FanoutLoad(IWireProtocol protocol, int port, int receivers, int size)
    {
        var payload = new byte[size];
        Array.Fill(payload, (byte)'x');
        _subscribers = new Subscribers(protocol, port, receivers);
        _publisher = Handshake.Connect(port);
        protocol.Introduce(_publisher);
        _publisher.Blocking = false;
        _fanout = (long)protocol.Delivery(payload).Length * receivers;
        _batchMessages = (int)Math.Clamp(Window / 8 / _fanout, 1, MaximumBatch);
        _batch = [.. Enumerable.Repeat(protocol.Publication(payload), _batchMessages).SelectMany(static bytes => bytes)];
        for (var index = 0; index < receivers; index++)
        {
            _epoll.Watch(_subscribers.Descriptors[index], index);
        }

        _epoll.Watch((int)_publisher.Handle, receivers);
    }

    private long InFlight => (_published * _fanout) - _received;

    /// <summary>Measures for a time, after a fifth as long in which queues fill: there is as much in flight at the end as at the beginning.</summary>
    public FanoutOutcome Run(double seconds)
    {
        Work(seconds / 5);
        var receivedBefore = _received;
        _idle = 0;
        var before = CpuTimes.Now();
        var elapsed = Work(seconds);
        var after = CpuTimes.Now();
        if (_received == receivedBefore)
        {
            throw new IOException($"Nothing was delivered for {seconds} s.");
        }

        return new FanoutOutcome(_received - receivedBefore, elapsed, after.BusySince(before, Processors.Server), elapsed - _idle);
    }

    public void Dispose()
    {
        _subscribers.Dispose();
        _publisher.Dispose();
        _epoll.Dispose();
    }

    // It never sleeps: waking it would be the server's work. What it spends on finding nothing to do counts as idle.
    private double Work(double seconds)
    {
        var started = Stopwatch.GetTimestamp();
        double elapsed = 0;
        while (elapsed < seconds)
        {
            var before = (_received, _published, _offset);
            Publish();
            Drain();
            var now = Stopwatch.GetElapsedTime(started).TotalSeconds;
            _idle += before == (_received, _published, _offset) ? now - elapsed : 0;
            elapsed = now;
        }

        return elapsed;
    }

    private void Publish()
    {
        var socket = (int)_publisher.Handle;
        fixed (byte* batch = _batch)
        {
            while (InFlight < Window)
            {
                var sent = Native.Send(socket, batch + _offset, (nuint)(_batch.Length - _offset), Native.NoSignalFlag);
                if (sent < 0)
                {
                    return;
                }

                _offset += (int)sent;
                if (_offset == _batch.Length)
                {
                    _offset = 0;
                    _published += _batchMessages;
                }
            }
        }
    }

    private void Drain()
    {
        var ready = _epoll.Wait(0);
        for (var position = 0; position < ready; position++)
        {
            var index = _epoll.Index(position);
            if (index == _subscribers.Count)
            {
                // Replies to the publisher.
                _ = Discard((int)_publisher.Handle);
            }
            else
            {
                _received += Discard(_subscribers.Descriptors[index]);
            }
        }
    }

    private static long Discard(int socket)
    {
        for (long total = 0; ;)
        {
            var received = Native.Discard(socket);
            if (received > 0)
            {
                total += received;
            }
            else if (received == 0 || Marshal.GetLastPInvokeError() != 11)
            {
                throw new IOException("The server closed a connection.");
            }
            else
            {
                return total;
            }
        }
    }
}
