`include "pim_assert.svh"
// Transfers from the banks of a mask, one after another, or from DieRAM, to the link. Each bank's part takes whole
// beats.
module pim_die_out #(
    parameter int Banks     = 16,
    parameter int LinkWidth = 32,
    parameter int BeatSlots = 1,
    parameter int SlotWidth = 28,
    parameter int Hop       = 2
) (
    input  logic                         clk_i,
    input  logic                         rst_ni,
    input  logic                         advance_i,
    // the transfer that begins with this edge
    input  logic                         begin_i,
    input  logic                         ram_i,
    input  logic                         single_i,
    input  logic [            Banks-1:0] mask_i,
    input  logic [                 31:0] offset_i,
    input  logic [                 31:0] bytes_i,    // of each bank
    input  logic [        SlotWidth-1:0] beats_i,
    input  logic [        SlotWidth-1:0] served_i,
    output logic                         free_o,
    // banks
    output logic [            Banks-1:0] rd_valid_o,  // the beat at the offset is due
    input  logic [            Banks-1:0] rd_ready_i,
    output logic [                 31:0] rd_offset_o,
    output logic [                 31:0] rd_left_o,   // bytes of this bank's part from this beat on
    input  logic [Banks*LinkWidth*8-1:0] rd_data_i,
    input  logic [          3*Banks-1:0] rd_error_i,
    output logic                         wait_o,      // a bank does not have its beat yet, or the link does not take it
    input  logic [      LinkWidth*8-1:0] ram_data_i,
    // with the last beat from a bank
    output logic                         tell_o,
    output logic [            Banks-1:0] fault_o,
    // link
    output logic                         valid_o,
    input  logic                         ready_i,
    output logic [      LinkWidth*8-1:0] data_o,
    output logic [        LinkWidth-1:0] strb_o,      // none from a bank that refused
    output logic                         last_o,
    output logic [                  2:0] error_o,     // with last: why the first bank that refused did
    output logic                         done_o
);
  localparam int ItemWidth = 1 + 3 + LinkWidth + LinkWidth * 8;

  logic ram_q, single_q;
  logic [Banks-1:0] mask_q, fault_q, now;  // banks still to read; that refused; the one that is read
  logic [31:0] start_q, part_q, offset_q, left_q;
  logic [2:0] error_q, bank_error, error;
  logic active, due, last_of_part, last, valid, sent;
  logic [LinkWidth*8-1:0] bank_data;
  logic [LinkWidth-1:0] strb;
  logic unused_fault;
  logic [2:0] unused_error;

  pim_die_channel #(
      .BeatSlots(BeatSlots),
      .SlotWidth(SlotWidth)
  ) u_channel (
      .clk_i, .rst_ni, .advance_i, .begin_i, .beats_i, .served_i,
      .active_o(active), .free_o, .due_o(due)
  );

  assign now          = mask_q & (~mask_q + Banks'(1));
  assign rd_valid_o   = {Banks{due}} & now;
  assign rd_offset_o  = offset_q;
  assign rd_left_o    = left_q;
  assign last_of_part = left_q <= 32'(LinkWidth);
  assign last         = last_of_part && mask_q == now;

  always_comb begin
    bank_data  = ram_q ? ram_data_i : '0;
    bank_error = '0;
    for (int b = 0; b < Banks; b++) begin
      if (now[b]) begin
        bank_data  = rd_data_i[b*LinkWidth*8+:LinkWidth*8];
        bank_error = rd_error_i[3*b+:3];
      end
    end
    for (int i = 0; i < LinkWidth; i++) strb[i] = bank_error == '0 && 32'(i) < left_q;
  end
  assign error   = error_q != '0 ? error_q : bank_error;
  assign fault_o = fault_q | (bank_error != '0 ? now : '0);
  assign tell_o  = due && last && !single_q && advance_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ram_q    <= 1'b0;
      single_q <= 1'b0;
      mask_q   <= '0;
      fault_q  <= '0;
      error_q  <= '0;
      start_q  <= '0;
      part_q   <= '0;
      offset_q <= '0;
      left_q   <= '0;
    end else if (advance_i) begin
      if (begin_i) begin
        ram_q    <= ram_i;
        single_q <= single_i;
        mask_q   <= ram_i ? '0 : mask_i;
        fault_q  <= '0;
        error_q  <= '0;
        start_q  <= offset_i;
        part_q   <= bytes_i;
        offset_q <= offset_i;
        left_q   <= bytes_i;
      end else if (due) begin
        fault_q  <= fault_o;
        error_q  <= error;
        mask_q   <= last_of_part ? mask_q & ~now : mask_q;
        offset_q <= last_of_part ? start_q : offset_q + 32'(LinkWidth);
        left_q   <= last_of_part ? part_q : left_q - 32'(LinkWidth);
      end
    end
  end

  pim_die_hop #(
      .Width (ItemWidth),
      .Stages(Hop)
  ) u_hop (
      .clk_i, .rst_ni, .advance_i,
      .valid_i(due),
      .data_i ({last, error, strb, bank_data}),
      .valid_o(valid),
      .data_o ({last_o, error_o, strb_o, data_o})
  );

  pim_die_fork #(
      .Banks(1)
  ) u_link (
      .clk_i, .rst_ni, .advance_i,
      .valid_i(valid),
      .mask_i (1'b1),
      .valid_o,
      .ready_i,
      .error_i(3'd0),
      .done_o (sent),
      .fault_o(unused_fault),
      .error_o(unused_error)
  );

  assign wait_o = (rd_valid_o & ~rd_ready_i) != '0 || !sent;
  assign done_o = valid && last_o && advance_i;

`ifdef PIM_ASSERTIONS
  OneBank: assert property (@(posedge clk_i) disable iff (!rst_ni) $onehot0(rd_valid_o));
  EndsTogether: assert property (@(posedge clk_i) disable iff (!rst_ni)
      due && advance_i && !begin_i && last |=> !active);
`else
  logic unused;
  assign unused = active;
`endif
endmodule
