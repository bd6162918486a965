`include "pim_assert.svh"
// Transfers from the link to the banks of a mask, or to DieRAM.
module pim_die_in #(
    parameter int Banks     = 16,
    parameter int LinkWidth = 32,
    parameter int BeatSlots = 1,
    parameter int SlotWidth = 28,
    parameter int Hop       = 2
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   advance_i,
    // the transfer that begins with this edge
    input  logic                   begin_i,
    input  logic                   ram_i,
    input  logic                   single_i,
    input  logic [      Banks-1:0] mask_i,
    input  logic [           31:0] offset_i,
    input  logic [           31:0] bytes_i,
    input  logic [  SlotWidth-1:0] beats_i,
    input  logic [  SlotWidth-1:0] served_i,
    output logic                   free_o,
    // link
    output logic                   due_o,     // takes a beat with this edge
    input  logic [LinkWidth*8-1:0] data_i,
    input  logic [  LinkWidth-1:0] strb_i,
    output logic                   done_o,    // with this edge a transfer has arrived
    output logic [            2:0] error_o,
    output logic                   tell_o,    // it was a broadcast
    output logic [      Banks-1:0] fault_o,
    // banks
    output logic [      Banks-1:0] wr_valid_o,
    input  logic [      Banks-1:0] wr_ready_i,
    input  logic [    3*Banks-1:0] wr_error_i,
    output logic [           31:0] wr_offset_o,
    output logic [           31:0] wr_left_o,  // bytes of the transfer from this beat on
    output logic [LinkWidth*8-1:0] wr_data_o,
    output logic [  LinkWidth-1:0] wr_strb_o,
    output logic                   wait_o,     // a bank has not taken its beat yet
    // DieRAM, which always takes it
    output logic                   ram_write_o
);
  localparam int ItemWidth = 1 + 1 + Banks + 32 + 32 + LinkWidth + LinkWidth * 8;

  logic ram_q, single_q;
  logic [Banks-1:0] mask_q;
  logic [31:0] offset_q, left_q;
  logic active;
  logic valid, ram, single, fork_done;
  logic [Banks-1:0] mask;
  logic [LinkWidth-1:0] belongs;  // bytes of this beat that belong to the transfer

  pim_die_channel #(
      .BeatSlots(BeatSlots),
      .SlotWidth(SlotWidth)
  ) u_channel (
      .clk_i, .rst_ni, .advance_i, .begin_i, .beats_i, .served_i,
      .active_o(active), .free_o, .due_o
  );

  always_comb begin
    for (int i = 0; i < LinkWidth; i++) belongs[i] = 32'(i) < left_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ram_q    <= 1'b0;
      single_q <= 1'b0;
      mask_q   <= '0;
      offset_q <= '0;
      left_q   <= '0;
    end else if (advance_i) begin
      if (begin_i) begin
        ram_q    <= ram_i;
        single_q <= single_i;
        mask_q   <= mask_i;
        offset_q <= offset_i;
        left_q   <= bytes_i;
      end else if (due_o) begin
        offset_q <= offset_q + 32'(LinkWidth);
        left_q   <= left_q - 32'(LinkWidth);
      end
    end
  end

  pim_die_hop #(
      .Width (ItemWidth),
      .Stages(Hop)
  ) u_hop (
      .clk_i, .rst_ni, .advance_i,
      .valid_i(due_o),
      .data_i ({ram_q, single_q, mask_q, offset_q, left_q, strb_i & belongs, data_i}),
      .valid_o(valid),
      .data_o ({ram, single, mask, wr_offset_o, wr_left_o, wr_strb_o, wr_data_o})
  );

  pim_die_fork #(
      .Banks(Banks)
  ) u_fork (
      .clk_i, .rst_ni, .advance_i,
      .valid_i(valid),
      .mask_i (mask),
      .valid_o(wr_valid_o),
      .ready_i(wr_ready_i),
      .error_i(wr_error_i),
      .done_o (fork_done),
      .fault_o,
      .error_o
  );

  assign wait_o      = !fork_done;
  assign ram_write_o = valid && ram && advance_i;
  assign done_o      = valid && wr_left_o <= 32'(LinkWidth) && advance_i;
  assign tell_o      = !single;

`ifdef PIM_ASSERTIONS
  // The beats end with the bytes.
  EndsTogether: assert property (@(posedge clk_i) disable iff (!rst_ni)
      due_o && advance_i && !begin_i && left_q <= 32'(LinkWidth) |=> !active);
`else
  logic unused;
  assign unused = active;
`endif
endmodule
