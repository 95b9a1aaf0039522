using System.CommandLine;
using System.Net;
using Broadside.NetStack;

namespace Broadside.Cli.Options;

/// <summary>The network of the backend <c>netstack</c>: a device, addresses of the stack's own, and a gateway.</summary>
internal sealed class NetworkOptions
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "What netstack sends and receives by: xdp:IFNAME[:QUEUE], packet:IFNAME, tun:IFNAME or shm:PATH.",
        HelpName = "DEVICE",
    };

    private readonly Option<NetStackAddress[]> _addresses = new("--address")
    {
        Description = "An address of netstack's own, which no kernel answers for, and the length of its network's prefix; may be repeated. On xdp those of the interface, unless this is given.",
        HelpName = "ADDRESS/LENGTH",
        CustomParser = result =>
        {
            var addresses = new List<NetStackAddress>();
            foreach (var token in result.Tokens)
            {
                if (NetStackAddress.TryParse(token.Value, null, out var address))
                {
                    addresses.Add(address);
                }
                else
                {
                    result.AddError($"--address wants an address with a prefix length, such as 10.9.0.2/24, not '{token.Value}'.");
                }
            }

            return [.. addresses];
        },
    };

    private readonly Option<IPAddress?> _gateway = new("--gateway")
    {
        Description = "Who takes netstack's packets to other networks.",
        HelpName = "ADDRESS",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (!IPAddress.TryParse(text, out var address))
            {
                result.AddError($"--gateway wants an IP address, such as 10.9.0.1, not '{text}'.");
            }

            return address;
        },
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_addresses);
        command.Options.Add(_gateway);
    }

    /// <summary>What the command line says; null for another backend.</summary>
    /// <exception cref="CliException">Something is missing, or belongs to another backend.</exception>
    public NetStackOptions? Read(ParseResult parsed, string backend)
    {
        var device = parsed.GetValue(_device);
        var addresses = parsed.GetValue(_addresses) ?? [];
        var gateway = parsed.GetValue(_gateway);
        if (backend != "netstack")
        {
            return device is null && addresses.Length == 0 && gateway is null
                ? null
                : throw new CliException(ExitCodes.Usage, "--device, --address and --gateway are for --backend netstack.");
        }

        if (device is null)
        {
            throw new CliException(
                ExitCodes.Usage, "netstack wants a device and an address of its own, such as --device xdp:veth0 --address 10.9.0.2/24.");
        }

        return addresses.Length == 0
            ? TakeOver(device) with { Gateway = gateway }
            : new NetStackOptions { Device = device, Addresses = addresses, Gateway = gateway };
    }

    private static NetStackOptions TakeOver(string device)
    {
        try
        {
            return NetStackOptions.TakeOver(device);
        }
        catch (Exception exception) when (exception is FormatException or DeviceFailedException)
        {
            throw new CliException(ExitCodes.Usage, exception.Message);
        }
    }
}
