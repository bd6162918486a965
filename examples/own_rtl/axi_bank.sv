// The bank behind a bus of another kind: AXI4-Lite with 64 bits of data instead of beats of 256.
//
// Four words make a beat of the bank. Words of a write may leave bytes out (wstrb); the beat goes to the bank with its fourth
// word, and that word's response comes when the bank has taken it. Reads are answered word by word.
module axi_bank (
    input logic clk_i,
    input logic rst_ni,

    // straps and cells, as pim_bank has them
    input  logic [  4:0] bank_i,
    input  logic [  5:0] mac_beat_i,
    input  logic [ 21:0] bram_bytes_i,
    input  logic [ 31:0] bmem_bytes_i,
    input  logic [ 11:0] t_rcd_read_i,
    input  logic [ 11:0] t_rcd_mac_i,
    input  logic [ 11:0] t_rcd_write_i,
    input  logic [ 11:0] t_rp_i,
    input  logic [ 11:0] t_ras_i,
    input  logic [ 11:0] t_rc_i,
    input  logic [ 11:0] t_ccd_i,
    input  logic [ 11:0] t_wr_i,
    input  logic [ 11:0] t_rtp_i,
    input  logic [ 11:0] t_rfc_i,
    input  logic [ 27:0] t_refi_i,
    input  logic [ 27:0] refresh_first_i,
    input  logic [ 27:0] refresh_postpone_i,
    input  logic         refresh_enable_i,
    input  logic         two_buffers_i,
    input  logic [  3:0] column_bits_i,
    output logic         busy_o,
    output logic         done_o,
    output logic         error_o,
    output logic [  2:0] state_o,
    output logic [  1:0] act_o,
    output logic [ 25:0] act_row0_o,
    output logic [ 25:0] act_row1_o,
    output logic [  1:0] pre_o,
    output logic         ref_o,
    output logic         col_valid_o,
    output logic [  1:0] col_kind_o,
    output logic [ 25:0] col_row_o,
    output logic [ 14:0] col_index_o,
    input  logic [255:0] rdata_i,
    output logic         wdata_valid_o,
    output logic [ 31:0] wdata_mask_o,
    output logic [255:0] wdata_o,

    // the bus
    input  logic        aclk_i,
    input  logic        awvalid_i,
    output logic        awready_o,
    input  logic [21:0] awaddr_i,
    input  logic        wvalid_i,
    output logic        wready_o,
    input  logic [63:0] wdata_i,
    input  logic [ 7:0] wstrb_i,
    output logic        bvalid_o,
    input  logic        bready_i,
    input  logic        arvalid_i,
    output logic        arready_o,
    input  logic [21:0] araddr_i,
    output logic        rvalid_o,
    input  logic        rready_i,
    output logic [63:0] rdata_o
);
  // ---- a write: words are gathered, the fourth sends the beat
  logic [255:0] beat_q;
  logic [31:0] strobes_q;
  logic [21:0] address_q;
  logic full_q, take;
  assign take      = awvalid_i && wvalid_i && !full_q && !bvalid_o;
  assign awready_o = take;
  assign wready_o  = take;

  // ---- a read
  logic reads_q;  // the bank has been asked
  logic [1:0] word_q;
  logic bus_valid, bus_ready, bus_rvalid;
  logic [255:0] bus_rdata;
  assign arready_o = !full_q && !reads_q && !rvalid_o && bus_ready;
  assign bus_valid = full_q || (arvalid_i && arready_o);

  always_ff @(posedge aclk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q    <= '0;
      strobes_q <= '0;
      address_q <= '0;
      full_q    <= 1'b0;
      bvalid_o  <= 1'b0;
      reads_q   <= 1'b0;
      word_q    <= '0;
      rvalid_o  <= 1'b0;
      rdata_o   <= '0;
    end else begin
      if (bvalid_o && bready_i) bvalid_o <= 1'b0;
      if (take) begin
        beat_q[64*awaddr_i[4:3]+:64]   <= wdata_i;
        strobes_q[8*awaddr_i[4:3]+:8]  <= wstrb_i;
        address_q                      <= {awaddr_i[21:5], 5'd0};
        full_q                         <= awaddr_i[4:3] == 2'd3;
        bvalid_o                       <= awaddr_i[4:3] != 2'd3;
      end
      if (full_q && bus_ready) begin
        full_q    <= 1'b0;
        strobes_q <= '0;
        bvalid_o  <= 1'b1;
      end
      if (rvalid_o && rready_i) rvalid_o <= 1'b0;
      if (arvalid_i && arready_o) begin
        reads_q <= 1'b1;
        word_q  <= araddr_i[4:3];
      end
      if (reads_q && bus_rvalid) begin
        reads_q  <= 1'b0;
        rvalid_o <= 1'b1;
        rdata_o  <= bus_rdata[64*word_q+:64];
      end
    end
  end

  pim_bank u_bank (
      .bus_clk_i   (aclk_i),
      .bus_valid_i (bus_valid),
      .bus_ready_o (bus_ready),
      .bus_we_i    (full_q),
      .bus_addr_i  (full_q ? address_q : {araddr_i[21:5], 5'd0}),
      .bus_be_i    (strobes_q),
      .bus_wdata_i (beat_q),
      .bus_rvalid_o(bus_rvalid),
      .bus_rready_i(reads_q),
      .bus_rdata_o (bus_rdata),
      .*
  );
endmodule
