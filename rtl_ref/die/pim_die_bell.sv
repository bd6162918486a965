// Doorbells and register accesses: they travel beside the data, as the command pins of a DRAM do.
module pim_die_bell #(
    parameter int Banks = 16,
    parameter int Hop   = 2
) (
    input  logic               clk_i,
    input  logic               rst_ni,
    input  logic               advance_i,
    // the access that begins with this edge
    input  logic               begin_i,
    input  logic               register_i,
    input  logic               write_i,
    input  logic [  Banks-1:0] mask_i,
    input  logic [       11:0] offset_i,
    input  logic [       31:0] bytes_i,
    input  logic [     1023:0] data_i,
    // the access that arrives with this edge
    output logic               done_o,
    output logic [        2:0] error_o,
    output logic [       31:0] rdata_o,
    output logic               tell_o,      // it was a doorbell
    output logic [  Banks-1:0] fault_o,
    // banks
    output logic [  Banks-1:0] cmd_valid_o,
    input  logic [  Banks-1:0] cmd_ready_i,
    input  logic [3*Banks-1:0] cmd_error_i,
    output logic [       11:0] cmd_offset_o,
    output logic [       31:0] cmd_bytes_o,
    output logic [     1023:0] cmd_data_o,
    output logic               wait_o,
    // the die's register
    input  logic [       31:0] fault_mask_i
);
  `include "pim_abi.svh"

  localparam int ItemWidth = 1 + 1 + Banks + 12 + 32 + 1024;

  logic valid, is_register, write, fork_done, aligned;
  logic [Banks-1:0] mask;
  logic [2:0] bank_error, register_error;

  pim_die_hop #(
      .Width (ItemWidth),
      .Stages(Hop)
  ) u_hop (
      .clk_i, .rst_ni, .advance_i,
      .valid_i(begin_i),
      .data_i ({register_i, write_i, register_i ? Banks'(0) : mask_i, offset_i, bytes_i, data_i}),
      .valid_o(valid),
      .data_o ({is_register, write, mask, cmd_offset_o, cmd_bytes_o, cmd_data_o})
  );

  pim_die_fork #(
      .Banks(Banks)
  ) u_fork (
      .clk_i, .rst_ni, .advance_i,
      .valid_i(valid),
      .mask_i (mask),
      .valid_o(cmd_valid_o),
      .ready_i(cmd_ready_i),
      .error_i(cmd_error_i),
      .done_o (fork_done),
      .fault_o,
      .error_o(bank_error)
  );

  assign aligned = cmd_offset_o[1:0] == '0;
  always_comb begin
    register_error = 3'(ErrorNone);
    if (cmd_bytes_o == '0) register_error = 3'(ErrorBurst);
    else if (cmd_bytes_o > 32'(DieRegisterBytes) - 32'(cmd_offset_o)) register_error = 3'(ErrorAddress);
    else if (cmd_bytes_o != 32'd4) register_error = 3'(ErrorBurst);
    else if (!aligned) register_error = 3'(ErrorAddress);
    else if (write) register_error = 3'(ErrorCommand);
    else if (cmd_offset_o != 12'(DieFaultMask)) register_error = 3'(ErrorAddress);
  end

  assign wait_o  = !fork_done;
  assign done_o  = valid && advance_i;
  assign error_o = is_register ? register_error : bank_error;
  assign rdata_o = fault_mask_i;
  assign tell_o  = done_o && !is_register;
endmodule
